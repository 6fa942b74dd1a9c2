import { defineCheck } from '../../define.ts'
import { signedOutInTabs } from '../../gathers/sign-out-in-browser.ts'

export default defineCheck({
  title: 'After sign-out in one tab, no other tab shows the person',
  failureTitle: 'After sign-out in one tab, another tab goes on to show the person',
  fix: 'Tell the other tabs of the sign-out, e.g. by a BroadcastChannel, and have each of them drop what it shows and holds.',
  level: 'SHOULD',
  clauses: ['asvs#14.3.1', 'asvs#7.4.1'],
  messages: {
    shown: 'After {left} signed out in one tab, another tab still shows {what}.',
    reloaded: 'After {left} signed out in one tab, another tab shows {what} again once it is loaded anew.',
  },
  gather: signedOutInTabs,
  judge: ({ facts: { left, otherTab, otherTabReloaded } }) => [
    ...otherTab.map((what) => ({ message: 'shown' as const, data: { left, what } })),
    ...otherTabReloaded.map((what) => ({ message: 'reloaded' as const, data: { left, what } })),
  ],
  mutants: [
    { target: 'other-tab-keeps-claims', trips: 'shown' },
    { target: 'other-tab-keeps-widgets', trips: 'shown' },
    { target: 'other-tab-revives-profile', trips: 'reloaded' },
  ],
})
