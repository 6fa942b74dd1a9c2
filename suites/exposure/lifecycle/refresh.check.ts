import { defineCheck } from '../../define.ts'
import { expiry } from '../../gathers/expiry.ts'

export default defineCheck({
  title: 'After a refresh with a new ID Token, client code sees the new one, raw and parsed',
  failureTitle: 'After a refresh client code still sees the former ID Token',
  fix: 'Replace access token, raw ID Token and claims together, in one write.',
  level: 'MUST',
  polarity: 'accept',
  clauses: ['field#stale-id-token', 'appsmith-tokens#raw-id-token'],
  messages: {
    staleRaw: 'The refresh brought a new ID Token, but the raw one that the app shows is still that of the login.',
    staleParsed: 'The refresh brought a new ID Token, but the parsed one that the app shows is still that of the login.',
  },
  needs: ['raw-id-token', 'parsed-id-token'],
  gather: expiry,
  judge: ({ facts: { refreshed } }) => {
    if (refreshed.refreshes.granted === 0) return []
    return [
      ...(refreshed.after.raw === 'first' ? [{ message: 'staleRaw' as const }] : []),
      ...(refreshed.after.parsed === 'first' ? [{ message: 'staleParsed' as const }] : []),
    ]
  },
  mutants: [
    { target: 'refreshes-access-token-only', trips: 'staleRaw' },
    { target: 'refresh-keeps-raw-id-token', trips: 'staleRaw' },
    { target: 'refresh-keeps-parsed-id-token', trips: 'staleParsed' },
  ],
})
