import { benchScanner, benchValues, mixedCorpus, plant } from '../../src/evidence/scanner.bench.ts'
import { createRipgrep } from './ripgrep.ts'

const CORPUS = 64 * 1024 * 1024
const SIZES = [1, 10, 100, 200, 1_000, 10_000]
/** The number of values at which ripgrep is compared, and how far ahead the index should be. */
const [COMPARED, TIMES_RIPGREP] = [200, 20]
const FLAT_WITHIN = 4
const LEAST_MBS = 1_000

type Print = (label: string, text: string) => void

/** Prints how fast known values are found, beside `Buffer.indexOf` and ripgrep, and which aims were met. */
export async function benchSearch(print: Print, scratch: string): Promise<void> {
  const corpus = mixedCorpus(CORPUS)
  print('corpus', `${CORPUS / 1024 / 1024} MiB: JSON, HTML and script in equal parts; rates in MB/s, the best of some rounds`)
  const runs = benchScanner(corpus)
  print('partial runs', `${runs.indexMBs} index of every encoding of ${runs.secrets} secrets in runs of 15 characters`)
  print('  300 secrets', `${runs.manySecretsMBs}, built in ${runs.buildMsPerSecret} ms a secret`)
  print('  whole scan', `${runs.scanMBs} with encoded text found, decoded and searched twice over, as a run does it`)
  print('  beside', `${runs.indexOfMBs} Buffer.indexOf of an absent byte; ${runs.indexOfEachMBs} of each of the raw values`)
  const rates: number[] = []
  let timesRipgrep: number | null = null
  const ripgrep = createRipgrep(scratch)
  print(
    'whole values',
    'n raw values of 43 characters, all at once: the index of the scanner with one window a value, no other encoding',
  )
  for (const size of SIZES) {
    const planted = plant(corpus, size)
    const { indexMBs, indexOfMBs } = benchValues(planted)
    const other = ripgrep?.rate(planted) ?? null
    if (size === COMPARED && other !== null) timesRipgrep = indexMBs / other
    rates.push(indexMBs)
    const beside = `${ratio(indexMBs / indexOfMBs)} × Buffer.indexOf (${ratio(indexOfMBs)})`
    print(
      `  ${size}`,
      `${indexMBs}; ${beside}; ${other === null ? 'ripgrep is not installed' : `${ratio(indexMBs / other)} × ripgrep (${other})`}`,
    )
  }
  const spread = Math.max(...rates) / Math.min(...rates)
  const met = (is: boolean) => (is ? 'met' : 'NOT met')
  print('aim', `flat within a factor of ${FLAT_WITHIN} from 1 to 10,000 values: ${ratio(spread)}, ${met(spread <= FLAT_WITHIN)}`)
  const ahead = `at least ${TIMES_RIPGREP} times ripgrep at ${COMPARED} values`
  print(
    'aim',
    timesRipgrep === null
      ? `${ahead}: ripgrep is not installed`
      : `${ahead}: ${ratio(timesRipgrep)}, ${met(timesRipgrep >= TIMES_RIPGREP)}`,
  )
  const pace = `at least ${LEAST_MBS} MB/s in partial-run mode with ${runs.secrets} secrets`
  print('aim', `${pace}, the index of every encoding: ${runs.indexMBs}, ${met(runs.indexMBs >= LEAST_MBS)}`)
  print('aim', `${pace}, the whole scan with nested encodings: ${runs.scanMBs}, ${met(runs.scanMBs >= LEAST_MBS)}`)
}

function ratio(value: number): string {
  return value.toFixed(value < 10 ? 1 : 0)
}
