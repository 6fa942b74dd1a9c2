import { defineCheck, defineFamily } from '../define.ts'
import { eightKilobytes, KILOBYTE, largeLogin } from '../gathers/large-login.ts'

const fix =
  'Keep the session on the server, or spread it over several cookies; make columns and headers wide enough, and refuse a sign-in that does not fit before it is half done.'

export default defineFamily({
  '8k': defineCheck({
    title: 'An ID Token of 8 KB signs in and reaches the client whole',
    failureTitle: 'An ID Token of 8 KB does not sign in, or is cut',
    fix,
    level: 'MUST',
    polarity: 'accept',
    clauses: ['appsmith-tokens#id-token-client-side', 'asvs#3.3.5'],
    messages: {
      refused: 'The app signed nobody in with an ID Token of {characters} characters.',
      cut: 'Of an ID Token of {characters} characters the app shows only the beginning ({what}).',
    },
    gather: eightKilobytes,
    judge: ({ facts: { ending, characters, cut } }) => [
      ...(ending === 'signed-in' ? [] : [{ message: 'refused' as const, data: { characters } }]),
      ...(cut.length > 0 ? [{ message: 'cut' as const, data: { what: cut.join(' and '), characters } }] : []),
    ],
    mutants: [
      { target: 'refuses-id-token-over-four-kilobytes', trips: 'refused' },
      { target: 'raw-id-token-cut-at-eight-kilobytes', trips: 'cut' },
    ],
  }),
  '64k': defineCheck({
    title: 'An ID Token of 64 KB works, or is refused and leaves the browser usable',
    failureTitle: 'An ID Token of 64 KB leaves the person neither signed in nor refused',
    fix,
    level: 'SHOULD',
    clauses: ['asvs#3.3.5', 'field#stuck-session'],
    messages: {
      loop: 'After a sign-in with an ID Token of {characters} characters the app sends the browser in circles: {problem}.',
      broken: 'After a sign-in with an ID Token of {characters} characters the app answers errors only: {problem}.',
      cut: 'Of an ID Token of {characters} characters the app shows only the beginning ({what}).',
    },
    gather: largeLogin(64 * KILOBYTE),
    judge: ({ facts: { ending, characters, cut, problem } }) => {
      if (ending === 'loop' || ending === 'broken')
        return [{ message: ending, data: { characters, problem: problem.replace(/\.$/, '') } }]
      return cut.length > 0 ? [{ message: 'cut', data: { what: cut.join(' and '), characters } }] : []
    },
    mutants: [
      { target: 'large-session-goes-in-circles', trips: 'loop' },
      { target: 'large-session-breaks-every-request', trips: 'broken' },
      { target: 'raw-id-token-cut-at-64-kilobytes', trips: 'cut' },
    ],
  }),
})
