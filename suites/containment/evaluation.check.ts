import type { Evidence } from '../../src/check/define.ts'
import { defineCheck, defineFamily } from '../define.ts'
import { type EvaluationFacts, evaluations } from '../gathers/disclosure.ts'
import { LEAKED, sightingsOf } from './ownership.ts'

/** An access token, or a refresh token, in a text that the page shows. */
const TOKEN = /⟦(?:access_token|refresh_token) [^⟧]+⟧/

const about = {
  fix: "Bind the client's values by position. Their names are the client's too: evaluate none of them on the server.",
  level: 'MUST',
  clauses: ['appsmith-tokens#access-token-server-side', 'appsmith-jwt-2022#not-client-side'],
  messages: { ...LEAKED, shown: 'The page shows {secret} where its text {binding} is evaluated in the browser.' },
  under: ['bff'],
  gather: evaluations,
} as const

export default defineFamily({
  client: defineCheck({
    ...about,
    title: 'The placeholder in the name of a parameter, or in a text that the browser evaluates, yields nothing',
    failureTitle: 'The placeholder yields the access token where a client names or evaluates it',
    judge: (evidence) => [...sightingsOf('evaluation/client')(evidence), ...shown('placeholder', evidence)],
    mutants: [
      { target: 'evaluates-placeholder-name', trips: 'leaked' },
      { target: 'renders-parameter-names', trips: 'leaked' },
      { target: 'client-resolves-placeholder', trips: 'shown' },
      { target: 'client-resolves-placeholder-in-bindings', trips: 'shown' },
    ],
  }),
  alias: defineCheck({
    ...about,
    title: 'No other name that a client may send yields the access token',
    failureTitle: 'A name that a client sends yields the access token',
    judge: (evidence) => [...sightingsOf('evaluation/alias')(evidence), ...shown('alias', evidence)],
    mutants: [
      { target: 'evaluates-user-object', trips: 'leaked' },
      { target: 'evaluates-names-in-other-case', trips: 'leaked' },
      { target: 'access-token-in-binding-scope', trips: 'shown' },
      { target: 'access-token-in-binding-store', trips: 'shown' },
    ],
  }),
})

function shown(what: EvaluationFacts['shown'][number]['what'], { facts }: Evidence<EvaluationFacts>) {
  return facts.shown
    .filter((one) => one.what === what)
    .flatMap(({ binding, text }) => {
      const secret = TOKEN.exec(text)?.[0]
      return secret === undefined ? [] : { message: 'shown' as const, data: { binding, secret } }
    })
}
