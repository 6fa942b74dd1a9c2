import { defineCheck, defineFamily } from '../define.ts'
import { tour } from '../gathers/containment.ts'
import { LEAKED, sightingsOf } from './ownership.ts'

const about = {
  fix: 'The refresh token is for the token endpoint only: keep it on the server, under every pattern.',
  level: 'MUST',
  clauses: ['bff#6.1', 'asvs#10.1.1'],
  messages: LEAKED,
  watches: 'run',
  needs: ['refresh'],
  gather: tour,
} as const

export default defineFamily({
  body: defineCheck({
    ...about,
    title: 'The refresh token is in no response body, header or redirect',
    failureTitle: 'The refresh token reaches the client',
    judge: sightingsOf('refresh-token/body'),
    mutants: [
      { target: 'refresh-token-in-profile', trips: 'leaked' },
      { target: 'refresh-token-reversed-in-profile', trips: 'leaked' },
    ],
  }),
  cookies: defineCheck({
    ...about,
    title: 'The refresh token is in no cookie, in clear or merely encoded',
    failureTitle: 'The refresh token is in a cookie',
    judge: sightingsOf('refresh-token/cookies'),
    mutants: [
      { target: 'refresh-token-in-cookie', trips: 'leaked' },
      { target: 'refresh-token-in-urlencoded-cookie', trips: 'leaked' },
    ],
  }),
})
