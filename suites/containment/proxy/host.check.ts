import { allTrip, defineCheck } from '../../define.ts'
import { userChosenHosts } from '../../gathers/proxy.ts'

export default defineCheck({
  title: 'The token goes to no host that a user chose and nobody allowed',
  failureTitle: 'The token goes to any host that a user chooses',
  fix: 'Parse the finished address and compare its whole origin with a list of allowed ones; for any other, refuse the call or leave the token out.',
  level: 'MUST',
  clauses: ['bff#6.1.3.6', 'asvs#10.1.1'],
  messages: { sent: 'A user gave {how}, and the app sent the token to {host} ({where}), where only {allowed} was allowed.' },
  gather: userChosenHosts,
  judge: ({ facts: { allowed, calls } }) =>
    calls.flatMap(({ how, host, carried }) =>
      carried && carried.length > 0 ? { message: 'sent' as const, data: { how, host, where: carried.join(', '), allowed } } : [],
    ),
  mutants: allTrip('sent', ['user-chosen-host-gets-token', 'upstream-allowlist-by-prefix']),
})
