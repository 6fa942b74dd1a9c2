import { beforeAll, describe, expect, test, vi } from 'vitest'
import { createLabKeys, type LabKeys } from '../providers/local/lab.ts'
import type { SigningAlgorithm } from '../providers/provider.ts'
import type { CheckResult } from '../reports/model.ts'
import type { Check, Evidence } from '../src/check/define.ts'
import { fakeCheck } from '../src/check/fake-check.ts'
import { decidedBy, loadCatalogue } from './catalogue.ts'
import { type LoginFacts, richLogin } from './gathers/exposure.ts'
import { judgeTarget } from './judge-target.ts'

// A whole run each; other tests may want the cores as well.
vi.setConfig({ testTimeout: 120_000 })

let catalogue: Check[]
let keys: LabKeys

beforeAll(async () => {
  // What an access token does is the same, whatever signs the ID Token.
  catalogue = decidedBy('http', await loadCatalogue()).filter(({ id }) =>
    /^(?:validation|exposure|substitution\/value)\//.test(id),
  )
  keys = await createLabKeys()
})

const told = ({ id, verdict, reason, findings }: CheckResult) =>
  `${id}: ${verdict} ${reason ?? ''}${findings.map(({ text }) => text)}`

function judge(address: string, idTokenAlg: SigningAlgorithm, checks: readonly Check[] = catalogue) {
  return judgeTarget(address, checks, keys, 8, { registered: { idTokenAlg } })
}

/** The families that the seeds name (jwt#algorithms), and what OpenID providers sign with besides. */
const FAMILIES = [
  ['HMAC', 'HS256'],
  ['RSA', 'RS256'],
  ['RSA', 'PS256'],
  ['ECDSA', 'ES256'],
  ['Edwards curve', 'EdDSA'],
] as const

/** Finds, whatever the target does, how the raw ID Token is signed that its client holds. */
const tellsAlgorithm = fakeCheck({
  messages: { seen: 'Signed by {alg}.' },
  gather: richLogin,
  judge: (({ facts }: Evidence<LoginFacts>) => [
    { message: 'seen', data: { alg: facts.token?.anatomy?.raw.header?.alg } },
  ]) as Check['judge'],
})

/** A check that passes under an algorithm must also be able to fail under it. */
const TWINS = {
  'raw-id-token-resigned': 'exposure/raw/verifies',
  'raw-id-token-alg-none-signed': 'exposure/raw/tamper-evident',
  'skips-signature': 'validation/signature/corrupt',
  'trusts-header-alg': 'validation/signature/alg-none',
  'access-token-resigned': 'substitution/value/self-contained',
}

/** Checks that did not apply, by algorithm. */
const skipped = new Map<SigningAlgorithm, string[]>()

describe.each(FAMILIES)('when ID Tokens are signed by %s (%s)', (_, algorithm) => {
  test('that is what the client holds', async () => {
    const [result] = await judge('reference', algorithm, [tellsAlgorithm])
    expect(result?.findings.map(({ text }) => text)).toEqual([`Signed by ${algorithm}.`])
  })

  test('the reference target passes every check that applies to it', async () => {
    const results = await judge('reference', algorithm)
    const inapplicable = results.filter(({ verdict }) => verdict === 'not-applicable')
    expect(results.filter((result) => result.verdict !== 'pass' && !inapplicable.includes(result)).map(told)).toEqual([])
    expect(results).toHaveLength(catalogue.length)
    skipped.set(algorithm, inapplicable.map(({ id }) => id).toSorted())
  })

  test.each(Object.entries(TWINS))('%s fails %s', async (mutant, check) => {
    const [result] = await judge(
      `reference/mutant/${mutant}`,
      algorithm,
      catalogue.filter(({ id }) => id === check),
    )
    expect(result).toMatchObject({ id: check, verdict: 'fail' })
  })
})

test('the same checks apply, whatever the algorithm', () => {
  const [first, ...others] = skipped.values()
  expect(others).toEqual(FAMILIES.slice(1).map(() => first))
})
