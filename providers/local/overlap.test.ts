import { afterAll, beforeAll, expect, it } from 'vitest'
import type { AccountSpec, ArmedAccount, SigningAlgorithm } from '../provider.ts'
import { createLabKeys, type Lab, startLab } from './lab.ts'
import { codeOf, createParty, type Party, type Tokens } from './relying-party.ts'

let lab: Lab
const parties: Party[] = []
beforeAll(async () => {
  lab = await startLab({ keys: await createLabKeys() })
  for (const idTokenAlg of ['RS256', 'ES256', 'HS256'] as SigningAlgorithm[]) {
    parties.push(await createParty(lab.provider, { idTokenAlg }))
  }
})
afterAll(() => lab.stop())

const KINDS: ((index: number) => AccountSpec)[] = [
  () => ({}),
  () => ({ accessToken: { format: 'jwt' } }),
  () => ({ accessToken: { format: 'opaque', alphabet: 'full', size: 200 }, tamper: { name: 'corrupt-signature' } }),
  (index) => ({ tamper: { name: 'set-claims', data: { iss: `http://evil-${index}` } } }),
  () => ({ withholdScopes: ['email'], refresh: false }),
  () => ({ authorizationError: 'access_denied' }),
  () => ({ tokenError: 'invalid_grant' }),
]

const claimsOf = (jwt: string): Record<string, unknown> => JSON.parse(Buffer.from(jwt.split('.')[1]!, 'base64url').toString())

async function attempt(account: ArmedAccount, spec: AccountSpec, index: number): Promise<string[]> {
  const party = parties[index % parties.length]!
  const nonce = `nonce-${index}`
  const response = await party.authorize(account, { nonce, state: `state-${index}` })
  const answer = new URL(response.headers.get('location')!).searchParams
  expect(answer.get('state')).toBe(`state-${index}`)
  expect(answer.get('error')).toBe(spec.authorizationError ?? null)
  if (spec.authorizationError) return [account.ticket]
  const code = codeOf(response)!
  const exchanged = await party.exchange(code)
  if (spec.tokenError) {
    expect(await exchanged.json()).toMatchObject({ error: spec.tokenError })
    return [account.ticket, code]
  }
  const tokens = (await exchanged.json()) as Tokens
  const expected = { sub: account.id, mark: index, nonce, iss: spec.tamper?.data ? `http://evil-${index}` : lab.issuer }
  expect(claimsOf(tokens.id_token)).toMatchObject(expected)
  expect(await (await party.userinfo(tokens.access_token)).json()).toMatchObject({ sub: account.id, mark: index })
  expect(tokens.scope.includes('email')).toBe(!spec.withholdScopes)
  expect(tokens.refresh_token === undefined).toBe(spec.refresh === false)
  return [account.ticket, code, tokens.access_token, tokens.id_token, ...(tokens.refresh_token ? [tokens.refresh_token] : [])]
}

it('fifty different logins at once never cross', async () => {
  const specs = Array.from({ length: 50 }, (_, index) => ({ ...KINDS[index % KINDS.length]!(index), claims: { mark: index } }))
  const accounts = await Promise.all(specs.map((spec) => lab.provider.arm(spec)))
  const seen = await Promise.all(accounts.map((account, index) => attempt(account, specs[index]!, index)))

  const everything = new Set(seen.flat())
  expect(everything.size).toBe(seen.flat().length)
  for (const [index, account] of accounts.entries()) {
    const entries = await lab.provider.journal({ account: account.id })
    const issued = entries.filter((entry) => entry.type === 'issued')
    expect(issued.map(({ value }) => value).sort()).toEqual([...seen[index]!].sort())
    const idToken = issued.find(({ kind }) => kind === 'id_token')
    if (idToken) expect(idToken.tamper).toEqual(specs[index]!.tamper ?? null)
    const failed = entries.filter((entry) => entry.type === 'request' && entry.error !== null)
    expect(failed).toHaveLength(specs[index]!.authorizationError || specs[index]!.tokenError ? 1 : 0)
  }
})
