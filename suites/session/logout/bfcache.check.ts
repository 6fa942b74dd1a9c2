import { defineCheck } from '../../define.ts'
import { signedOutInTabs } from '../../gathers/sign-out-in-browser.ts'

export default defineCheck({
  title: 'After sign-out, the Back button shows nothing of the person',
  failureTitle: 'After sign-out, the Back button shows the person again',
  fix: 'Send pages with `Cache-Control: no-store`, and on `pageshow` of a page that was kept ask again who is signed in before anything is shown.',
  level: 'SHOULD',
  clauses: ['asvs#14.3.2', 'asvs#14.3.1'],
  messages: { shown: 'After {left} signed out, going back shows {what}.' },
  gather: signedOutInTabs,
  judge: ({ facts: { left, back } }) => back.map((what) => ({ message: 'shown', data: { left, what } })),
  mutants: [
    { target: 'claims-after-back', trips: 'shown' },
    { target: 'widgets-after-back', trips: 'shown' },
    { target: 'claims-in-history-state', trips: 'shown' },
  ],
})
