import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JournalRequest } from '../provider.ts'
import { type Lab, startLab } from './lab.ts'
import { presentedClient } from './presented.ts'
import { createParty, type Party, REDIRECT_URI } from './relying-party.ts'

/** What the journal tells of requests that were wrong: enough to say what to mend at the app. */

let lab: Lab
let party: Party
beforeAll(async () => {
  lab = await startLab()
  party = await createParty(lab.provider)
})
afterAll(() => lab.stop())

/** The request that this brings about. */
async function told(act: () => Promise<unknown>): Promise<JournalRequest> {
  const before = (await lab.provider.journal()).at(-1)?.seq ?? 0
  await act()
  const [request] = (await lab.provider.journal({ after: before })).filter((entry) => entry.type === 'request')
  return request!
}

test('an authorization request: which redirect URI, client and response type were asked for', async () => {
  const account = await lab.provider.arm({})
  expect(await told(() => party.authorize(account, { redirect_uri: 'http://127.0.0.1:9/other' }))).toMatchObject({
    error: 'invalid_redirect_uri',
    detail: "redirect_uri did not match any of the client's registered redirect_uris",
    asked: { redirectUri: 'http://127.0.0.1:9/other', clientId: party.client.clientId, responseType: 'code' },
    presented: null,
  })
  expect(await told(() => party.authorize(account, { client_id: 'nobody' }))).toMatchObject({
    error: 'invalid_client',
    client: null,
    asked: { redirectUri: REDIRECT_URI, clientId: 'nobody' },
  })
})

test('a token request: how the client authenticated, and what was wrong with it', async () => {
  const post = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
    told(() =>
      fetch(party.client.endpoints.token, {
        method: 'POST',
        headers,
        body: new URLSearchParams({ grant_type: 'authorization_code', code: 'x', redirect_uri: REDIRECT_URI, ...fields }),
      }),
    )
  const { clientId } = party.client
  expect(await post({ client_id: clientId })).toMatchObject({
    error: 'invalid_client',
    detail: 'the provided authentication mechanism does not match the registered client authentication method',
    presented: { method: 'none', clientId },
  })
  expect(await post({ client_id: clientId, client_secret: 'wrong' })).toMatchObject({
    detail: 'invalid secret provided',
    presented: { method: 'client_secret_post', clientId },
  })
  expect(await post({}, { authorization: `Basic ${btoa('no%2Fone:x')}` })).toMatchObject({
    detail: 'client not found',
    presented: { method: 'client_secret_basic', clientId: 'no/one' },
  })
})

test.each([
  ['Bearer x', {}, { method: 'other', clientId: null }],
  [`Basic ${btoa('a:b')}`, { client_secret: 'b', client_id: 'a' }, { method: 'other', clientId: 'a' }],
  [undefined, { client_assertion: 'x' }, { method: 'other', clientId: null }],
  [`Basic ${btoa('%zz:b')}`, {}, { method: 'client_secret_basic', clientId: '%zz' }],
])('%s with %j', (header, params, expected) => {
  expect(presentedClient(header, params)).toEqual(expected)
})
