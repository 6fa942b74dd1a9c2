import { defineCheck } from '../../define.ts'
import { rotation } from '../../gathers/refresh.ts'

export default defineCheck({
  title: 'A rotated refresh token replaces the former one: second and third refresh work',
  failureTitle: 'After a refresh the app presents a refresh token that was replaced',
  fix: 'Store the refresh token of every refresh response together with its access token.',
  level: 'MUST',
  polarity: 'accept',
  clauses: ['rfc6749#6', 'rfc9700#4.14.2'],
  messages: {
    lost: 'After {granted} refreshes the provider refused the next one: the app presented a refresh token that had been replaced.',
  },
  gather: rotation,
  judge: ({ facts: { granted, refused } }) => (refused > 0 ? [{ message: 'lost', data: { granted } }] : []),
  mutants: [
    { target: 'loses-rotated-refresh-token', trips: 'lost' },
    { target: 'stores-first-rotation-only', trips: 'lost' },
  ],
})
