import type { ClauseText } from '../../../reports/model.ts'
import { appsmithJwt } from './appsmith-jwt.ts'
import { appsmithTokens } from './appsmith-tokens.ts'
import { documents, type SeedPromise } from './documents.ts'
import { jwt } from './jwt.ts'

/** Everything that the seeds promise and a target or its tokens can keep or break. */
export const promises = { ...appsmithTokens, ...appsmithJwt, ...jwt } as const
type PromiseId = keyof typeof promises

/** The same, as clauses that checks cite. */
export const seeds = Object.fromEntries(
  Object.entries<SeedPromise>(promises).map(
    ([
      id,
      {
        quote,
        documents: [first],
      },
    ]) => [id, { quote, level: 'documented', url: documents[first].url } satisfies ClauseText],
  ),
) as Record<PromiseId, ClauseText>
