import { type MutantId, mutants } from '../fixtures/targets/reference/mutants/index.ts'
import type { Mutant } from '../fixtures/targets/reference/mutants/mutant.ts'
import { escaped, link, pageOf } from '../reports/handbook/markdown.ts'
import type { Check } from '../src/check/define.ts'
import { clauses } from './clauses/index.ts'
import { promises } from './clauses/seeds/index.ts'

const OBSERVED: MutantId = 'appsmith-observed'
const BEGIN =
  '<!-- The findings of reference/mutant/appsmith-observed, by `node suites/write.ts`; the kill matrix proves that they are these and no others. -->'
const END = '<!-- end of the findings -->'

/**
 * The findings of a run against the target that behaves as Appsmith is reported to, as a Markdown table: what the registry declares, which the
 * kill matrix holds to be exactly what a run finds.
 */
export function observedTable(catalogue: readonly Check[]): string {
  const { alsoTrips = [] } = mutants[OBSERVED] as Mutant
  const rows = catalogue
    .filter(({ id }) => alsoTrips.some(({ check }) => check === id))
    .map((check) => {
      const clause = check.clauses.find((id) => Object.hasOwn(promises, id)) ?? check.clauses[0]!
      const { quote } = clauses[clause as keyof typeof clauses]
      return `| ${link(check.id, `docs/${pageOf(check.id)}`)} | ${escaped(check.failureTitle)} | “${escaped(quote)}” (${clause.split('#')[0]}) |`
    })
  return ['| check | what the run finds | what it breaks |', '|---|---|---|', ...rows].join('\n')
}

/** The README with that table in its place. Throws when it has no such place. */
export function withObservedTable(readme: string, catalogue: readonly Check[]): string {
  const [from, to] = [readme.indexOf(BEGIN), readme.indexOf(END)]
  if (from < 0 || to < from) throw new Error(`README.md has no place for the findings: "${BEGIN}" … "${END}"`)
  return `${readme.slice(0, from + BEGIN.length)}\n\n${observedTable(catalogue)}\n\n${readme.slice(to)}`
}
