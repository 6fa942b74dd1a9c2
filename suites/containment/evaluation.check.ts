import { defineCheck, defineFamily } from '../define.ts'
import { evaluations } from '../gathers/disclosure.ts'
import { LEAKED, sightingsOf } from './ownership.ts'

const about = {
  fix: "Bind the client's values by position. Their names are the client's too: evaluate none of them on the server.",
  level: 'MUST',
  clauses: ['appsmith-tokens#access-token-server-side', 'appsmith-jwt-2022#not-client-side'],
  messages: LEAKED,
  under: ['bff'],
  gather: evaluations,
} as const

export default defineFamily({
  client: defineCheck({
    ...about,
    title: 'The placeholder in the name of a parameter yields nothing',
    failureTitle: 'The placeholder in the name of a parameter yields the access token',
    judge: sightingsOf('evaluation/client'),
    mutants: [
      { target: 'evaluates-placeholder-name', trips: 'leaked' },
      { target: 'renders-parameter-names', trips: 'leaked' },
    ],
  }),
  alias: defineCheck({
    ...about,
    title: 'No other name that a client may send yields the access token',
    failureTitle: 'A name that a client sends yields the access token',
    judge: sightingsOf('evaluation/alias'),
    mutants: [
      { target: 'evaluates-user-object', trips: 'leaked' },
      { target: 'evaluates-names-in-other-case', trips: 'leaked' },
    ],
  }),
})
