import { defineCheck } from '../../define.ts'
import { reloaded } from '../../gathers/modes.ts'

export default defineCheck({
  title: 'The ID Token is there again after a reload, by a deep link and in a second tab',
  failureTitle: 'The ID Token is there only when the page is first opened',
  fix: 'Build the page’s data from the session every time; never from what the sign-in handed over once.',
  level: 'MUST',
  polarity: 'accept',
  clauses: ['appsmith-tokens#id-token-client-side', 'field#user-object'],
  messages: { gone: 'The page showed the {form} ID Token when it was first opened, but not {how}.' },
  gather: reloaded,
  judge: ({ facts: { first, again } }) =>
    again.flatMap(({ how, shown }) =>
      (['parsed', 'raw'] as const)
        .filter((form) => first[form] && !shown[form])
        .map((form) => ({ message: 'gone', data: { form, how } })),
    ),
  mutants: [
    { target: 'tokens-in-first-view-only', trips: 'gone' },
    { target: 'deep-link-without-tokens', trips: 'gone' },
    { target: 'widgets-on-first-load-only', trips: 'gone' },
  ],
})
