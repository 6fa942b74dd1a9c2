import { beforeAll, expect, test } from 'vitest'
import { createLabKeys, type LabKeys } from '../providers/local/lab.ts'
import type { SigningAlgorithm } from '../providers/provider.ts'
import type { CheckResult } from '../reports/model.ts'
import type { Check } from '../src/check/define.ts'
import { loadCatalogue } from './catalogue.ts'
import { judgeTarget } from './judge-target.ts'

let catalogue: Check[]
let keys: LabKeys

beforeAll(async () => {
  catalogue = await loadCatalogue()
  keys = await createLabKeys()
})

const told = ({ id, verdict, reason, findings }: CheckResult) =>
  `${id}: ${verdict} ${reason ?? ''}${findings.map(({ text }) => text)}`

function judge(address: string, idTokenAlg: SigningAlgorithm, checks: readonly Check[] = catalogue) {
  return judgeTarget(address, checks, keys, 8, { idTokenAlg })
}

const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA', 'HS256'] as const

test.each(ALGORITHMS)('the reference target passes every check when ID Tokens are signed with %s', async (algorithm) => {
  const results = await judge('reference', algorithm)
  expect(results.filter(({ verdict }) => verdict !== 'pass').map(told)).toEqual([])
  expect(results).toHaveLength(catalogue.length)
})

/** A check that passes under an algorithm must also be able to fail under it. */
test.each(ALGORITHMS)('broken signatures are told under %s as well', async (algorithm) => {
  const wanted = ['exposure/raw/verifies', 'validation/signature/corrupt']
  const checks = catalogue.filter(({ id }) => wanted.includes(id))
  const failed = async (mutant: string) => {
    const results = await judge(`reference/mutant/${mutant}`, algorithm, checks)
    return results.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id)
  }
  expect(await failed('raw-id-token-resigned')).toEqual(['exposure/raw/verifies'])
  expect(await failed('skips-signature')).toEqual(['validation/signature/corrupt'])
})
