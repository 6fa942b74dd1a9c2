import { afterAll, beforeAll, expect, it } from 'vitest'
import { connectLab } from '../control-client.ts'
import type { AccountSpec, JournalIssued, JournalRequest, Provider } from '../provider.ts'
import { createLabKeys, type Lab, startLab } from './lab.ts'
import { createParty, type Party, type Tokens } from './relying-party.ts'

let lab: Lab
let remote: Provider
let party: Party
beforeAll(async () => {
  lab = await startLab({ keys: await createLabKeys() })
  // Armed over the control API: what works there works in process too.
  remote = await connectLab(lab.controlUrl, lab.controlKey)
  party = await createParty(lab.provider)
})
afterAll(() => lab.stop())

async function login(spec: AccountSpec): Promise<Tokens & { id: string; refresh_token: string }> {
  const account = await remote.arm(spec)
  const tokens = await party.login(account)
  return { id: account.id, ...tokens, refresh_token: tokens.refresh_token! }
}
const claimsOf = (jwt: string): Record<string, unknown> => JSON.parse(Buffer.from(jwt.split('.')[1]!, 'base64url').toString())
const refreshed = async (token: string): Promise<Tokens> => (await (await party.refresh(token)).json()) as Tokens
const refreshes = async (account: string): Promise<JournalRequest[]> =>
  (await remote.journal({ account })).filter((entry) => entry.type === 'request' && entry.grantType === 'refresh_token') as never

it('gives refreshed tokens their own claims and lifetimes', async () => {
  const first = await login({
    claims: { era: 1, kept: true },
    lifetimes: { accessToken: 5, idToken: 6 },
    refreshed: { claims: { era: 2 }, lifetimes: { accessToken: 70, refreshToken: 90 } },
    rotate: true,
  })
  expect([first.expires_in, claimsOf(first.id_token).era]).toEqual([5, 1])
  const next = await refreshed(first.refresh_token)
  const { era, kept, iat, exp } = claimsOf(next.id_token) as Record<string, number>
  expect([next.expires_in, era, kept, exp! - iat!]).toEqual([70, 2, true, 6])
  const issued = (await remote.journal({ account: first.id })).filter((entry) => entry.type === 'issued') as JournalIssued[]
  const rotated = issued.find(({ value }) => value === next.refresh_token)!
  expect(Math.abs(rotated.expiresAt! - rotated.at - 90_000)).toBeLessThanOrEqual(1_000)
})

it('answers UserInfo to a token of one second also when the second is over', async () => {
  const { id, access_token } = await login({ lifetimes: { accessToken: 1 } })
  await new Promise((resolve) => setTimeout(resolve, 1_050))
  expect(await (await party.userinfo(access_token)).json()).toMatchObject({ sub: id })
})

it('leaves the ID Token out, and issues none', async () => {
  const first = await login({ refreshed: { idToken: false } })
  const next = await refreshed(first.refresh_token)
  expect(next.access_token).not.toBe(first.access_token)
  expect(next).not.toHaveProperty('id_token')
  const issued = (await remote.journal({ account: first.id })).filter((entry) => entry.type === 'issued') as JournalIssued[]
  expect(issued.filter(({ kind }) => kind === 'id_token')).toHaveLength(1)
})

it('answers an error for good, with the refresh token unspent', async () => {
  const { id, refresh_token } = await login({ refreshed: { error: 'invalid_grant' }, rotate: true })
  for (const _ of [1, 2]) {
    const answer = await party.refresh(refresh_token)
    expect([answer.status, ((await answer.json()) as { error: string }).error]).toEqual([400, 'invalid_grant'])
  }
  const failed = { endpoint: 'token', status: 400, error: 'invalid_grant' }
  expect(await refreshes(id)).toMatchObject([failed, failed])
})

it('answers an outage that ends after so many failures past expiry; failures ahead of it do not count', async () => {
  const { id, refresh_token } = await login({
    lifetimes: { accessToken: 1 },
    refreshed: { status: 503, failures: 1, lifetimes: { accessToken: 3600 } },
    rotate: true,
  })
  const status = async () => (await party.refresh(refresh_token)).status
  const [token] = (await remote.journal({ account: id })).filter((e) => e.type === 'issued' && e.kind === 'access_token') as [
    JournalIssued,
  ]
  // Whole seconds decide: a login late in a second is too near to its expiry to try twice ahead of it.
  const ahead: number[] = []
  if (Date.now() < token.expiresAt! - 200) ahead.push(await status(), await status())
  await new Promise((resolve) => setTimeout(resolve, token.expiresAt! - Date.now() + 10))
  expect(ahead.every((answer) => answer === 503)).toBe(true)
  expect([await status(), await status()]).toEqual([503, 200])
  expect((await refreshes(id)).at(0)).toMatchObject({ status: 503 })
  expect((await refreshes(id)).at(-1)).toMatchObject({ status: 200, error: null })
})

it('is late when asked to, so that refreshes overlap', async () => {
  const { refresh_token } = await login({ refreshed: { delayMs: 300 } })
  const plain = await login({})
  const order: string[] = []
  const both = await Promise.all([
    refreshed(refresh_token).finally(() => order.push('late')),
    refreshed(refresh_token).finally(() => order.push('late')),
    refreshed(plain.refresh_token).finally(() => order.push('at once')),
  ])
  expect(order).toEqual(['at once', 'late', 'late'])
  expect(both[0].access_token).not.toBe(both[1].access_token)
})

it('shows every use of a replaced refresh token as a failed refresh of its owner', async () => {
  const { id, refresh_token } = await login({ rotate: true })
  const next = await refreshed(refresh_token)
  const answers = [
    await party.refresh(refresh_token),
    await party.refresh(refresh_token),
    await party.refresh(next.refresh_token!),
  ]
  expect(answers.map(({ status }) => status)).toEqual([400, 400, 400])
  expect((await refreshes(id)).map(({ status, error }) => [status, error])).toEqual([
    [200, null],
    ...Array.from({ length: 3 }, () => [400, 'invalid_grant']),
  ])
})

it.each([
  ['error and status', { error: 'invalid_grant', status: 503 }, /refreshed: may have error or status, not both/],
  ['failures of nothing', { failures: 1 }, /refreshed: may have failures only with/],
  ['a status that is no failure', { status: 200 }, /refreshed\.status/],
  ['an ID Token by force', { idToken: true }, /refreshed\.idToken/],
  ['an unknown member', { claim: {} }, /claim/],
  ['a subject of its own', { claims: { sub: 'x' } }, /refreshed\.claims: must not name sub/],
])('a spec with %s is refused', async (_name, spec, message) => {
  await expect(remote.arm({ refreshed: spec } as AccountSpec)).rejects.toMatchObject({ code: 'bad-spec', message })
})
