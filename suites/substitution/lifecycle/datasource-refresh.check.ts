import { defineCheck } from '../../define.ts'
import { datasourceRefresh } from '../../gathers/refresh.ts'

export default defineCheck({
  title: 'A saved connection carries the refreshed token as soon as there is one',
  failureTitle: 'A saved connection goes on with the token of before the refresh',
  fix: 'Render the credentials of a saved connection for every call; if connections are kept, key them by the token, not by user or datasource.',
  level: 'MUST',
  polarity: 'accept',
  clauses: ['appsmith-tokens#placeholder', 'field#shared-bearer'],
  messages: { stale: 'The access token was refreshed, but the saved connection still sent {got}, the token of before.' },
  gather: datasourceRefresh,
  judge: ({ facts: { refreshes, call } }) =>
    refreshes.granted > 0 && call.sent === 'own' ? [{ message: 'stale', data: { got: call.got } }] : [],
  mutants: [
    { target: 'connection-kept-for-user', trips: 'stale' },
    { target: 'connection-kept-until-expiry', trips: 'stale' },
  ],
})
