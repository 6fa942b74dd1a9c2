import { defineCheck } from '../../define.ts'
import { literalExecutions } from '../../gathers/syntax.ts'
import { emptied } from '../emptied.ts'

export default defineCheck({
  title: 'Markers that name environment variables of the server never resolve',
  failureTitle: 'A marker that names an environment variable of the server resolves',
  fix: 'Resolve names from a closed list; never look them up in the environment or the configuration.',
  level: 'MUST',
  clauses: ['cwe#1336', 'appsmith-tokens#placeholder', 'appsmith-jwt-2022#environment-variable'],
  // What arrived is not told: it may be a secret that the harness does not know.
  messages: { resolved: 'The upstream received a value in {position}, where the author wrote {template}.' },
  probes: ['env-names'],
  gather: literalExecutions,
  judge: ({ facts }) =>
    facts.runs
      .filter(({ probe }) => probe === 'env-names')
      .flatMap(({ positions }) => positions)
      .filter((at) => at.got !== null && at.got !== at.template && !emptied(at, facts))
      .map(({ position, template }) => ({ message: 'resolved', data: { position, template } })),
  mutants: [
    { target: 'resolves-environment-names', trips: 'resolved' },
    { target: 'resolves-environment-but-secrets', trips: 'resolved' },
    { target: 'resolves-configuration-names', trips: 'resolved' },
  ],
})
