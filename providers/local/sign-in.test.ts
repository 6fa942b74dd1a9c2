import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { JournalRequest } from '../provider.ts'
import { createLabKeys, type Lab, startLab } from './lab.ts'
import { challengeOf, codeOf, cookiesOf, createParty, jarHeader, type Party, REDIRECT_URI } from './relying-party.ts'

let lab: Lab
let party: Party
const output = (['log', 'info', 'warn', 'error'] as const).map((name) => vi.spyOn(console, name))

beforeAll(async () => {
  lab = await startLab({ keys: await createLabKeys() })
  party = await createParty(lab.provider)
})
afterAll(() => lab.stop())
afterEach(() => {
  for (const spy of output) expect(spy).not.toHaveBeenCalled()
})

const location = (response: Response): URL => new URL(response.headers.get('location') ?? '')
const requests = async (account: string): Promise<JournalRequest[]> =>
  (await lab.provider.journal({ account })).filter((entry) => entry.type === 'request')

describe('signing in', () => {
  it('takes one request to the provider with a ticket', async () => {
    const account = await lab.provider.arm({ label: 'Alice' })
    expect(account).toMatchObject({
      id: expect.stringMatching(/^alice-[a-z0-9]{8}$/),
      label: expect.stringMatching(/^Alice-\d+$/),
    })
    const response = await party.authorize(account, { nonce: 'n' })
    expect(response.status).toBe(303)
    expect(location(response).searchParams.get('state')).toBe('some-state')
    expect(location(response).searchParams.get('iss')).toBe(lab.issuer)
    expect(cookiesOf(response, new Map([['tokenward_ticket', 'x']])).has('tokenward_ticket')).toBe(false)
    expect(await requests(account.id)).toMatchObject([
      {
        endpoint: 'authorization',
        status: 303,
        client: party.client.clientId,
        error: null,
        asked: {
          scope: 'openid email profile offline_access clearance',
          nonce: true,
          state: true,
          pkce: false,
          responseMode: null,
        },
      },
    ])
  })

  it('refuses without a ticket, on a page, and tells the app nothing', async () => {
    const response = await party.authorize(null)
    expect(response.status).toBe(403)
    expect(response.headers.get('location')).toBeNull()
    expect(await response.text()).toContain('Nobody signs in here without a ticket')
  })

  it('refuses a ticket that was used, even beside a live session', async () => {
    const account = await lab.provider.arm({})
    const first = await party.authorize(account)
    expect(codeOf(first)).not.toBeNull()
    const again = await party.authorize(account, {}, cookiesOf(first))
    expect(again.status).toBe(403)
    expect(codeOf(again)).toBeNull()
  })

  it('obeys the ticket and not the session of another account', async () => {
    const [alice, bob] = [await lab.provider.arm({}), await lab.provider.arm({ label: 'bob' })]
    // Without offline_access a token ends with its session: alice's session must outlive bob's login.
    const scope = 'openid'
    const asAlice = await party.authorize(alice, { scope })
    const alicesTokens = (await (await party.exchange(codeOf(asAlice)!)).json()) as { access_token: string }
    const asBob = await party.authorize(bob, { scope }, cookiesOf(asAlice))
    const bobsTokens = (await (await party.exchange(codeOf(asBob)!)).json()) as { access_token: string }
    expect(await (await party.userinfo(bobsTokens.access_token)).json()).toMatchObject({ sub: bob.id })
    expect(await (await party.userinfo(alicesTokens.access_token)).json()).toMatchObject({ sub: alice.id })
  })

  it('lets a session in again without a ticket, unless a new login is demanded', async () => {
    // Without offline_access tokens end with the session: the second login must not end those of the first.
    const scope = 'openid email'
    const account = await lab.provider.arm({ claims: { team: 'red' } })
    const first = await party.authorize(account, { scope })
    const jar = cookiesOf(first)
    const tokens = (await (await party.exchange(codeOf(first)!)).json()) as { access_token: string }
    const second = await party.authorize(null, { scope, prompt: 'select_account' }, jar)
    const more = (await (await party.exchange(codeOf(second)!)).json()) as { access_token: string }
    for (const { access_token } of [tokens, more]) {
      expect(await (await party.userinfo(access_token)).json()).toMatchObject({ sub: account.id, team: 'red' })
    }
    expect((await party.authorize(null, { prompt: 'login' }, cookiesOf(second, jar))).status).toBe(403)
    expect((await party.authorize(null, { max_age: '0' }, cookiesOf(second, jar))).status).toBe(403)
  })

  it('answers login_required to prompt=none without a session, and leaves the ticket alone', async () => {
    const account = await lab.provider.arm({})
    const silent = await party.authorize(account, { prompt: 'none' })
    expect(location(silent).searchParams.get('error')).toBe('login_required')
    const loud = await party.authorize(account, { prompt: 'login consent', max_age: '0' })
    expect(codeOf(loud)).not.toBeNull()
    expect(codeOf(await party.authorize(null, { prompt: 'none' }, cookiesOf(loud)))).not.toBeNull()
  })

  it('gives a person the ticket as a cookie at its URL', async () => {
    const account = await lab.provider.arm({})
    const visit = await fetch(account.ticketUrl)
    expect(visit.headers.getSetCookie()).toEqual([`tokenward_ticket=${account.ticket}; path=/; samesite=lax; httponly`])
    expect(await visit.text()).not.toContain(account.id)
    expect(codeOf(await party.authorize(null, {}, cookiesOf(visit)))).not.toBeNull()
    expect((await fetch(account.ticketUrl)).status).toBe(404)
  })

  it('keeps the person at a second arming, with the new claims for the next login only', async () => {
    const account = await lab.provider.arm({ claims: { name: 'Al Ice', level: 1 } })
    const first = await party.login(account)
    const again = await lab.provider.rearm(account.id, { claims: { level: 2 } })
    expect(again).toMatchObject({ id: account.id, label: account.label, email: account.email, name: 'Al Ice' })
    expect(again.ticket).not.toBe(account.ticket)
    const second = await party.login(again)
    expect(await (await party.userinfo(first.access_token)).json()).toMatchObject({ level: 1 })
    expect(await (await party.userinfo(second.access_token)).json()).toMatchObject({ level: 2, name: 'Al Ice' })
    await expect(lab.provider.rearm('nobody', {})).rejects.toMatchObject({ code: 'unknown-account' })
  })
})

describe('errors that a scenario asks for', () => {
  it('come from the authorization endpoint, by either response mode', async () => {
    const account = await lab.provider.arm({ authorizationError: 'access_denied' })
    const response = await party.authorize(account)
    expect(location(response).searchParams.get('error')).toBe('access_denied')
    expect(location(response).searchParams.get('state')).toBe('some-state')
    expect(await requests(account.id)).toMatchObject([{ endpoint: 'authorization', error: 'access_denied' }])

    const posted = await party.authorize(
      await lab.provider.rearm(account.id, { authorizationError: 'temporarily_unavailable' }),
      {
        response_mode: 'form_post',
      },
    )
    expect(await posted.text()).toContain('name="error" value="temporarily_unavailable"')
  })

  it('come from the token endpoint', async () => {
    const account = await lab.provider.arm({ tokenError: 'invalid_grant' })
    const answer = await party.exchange(codeOf(await party.authorize(account))!)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ error: 'invalid_grant' })
    expect((await requests(account.id)).at(-1)).toMatchObject({ endpoint: 'token', status: 400, error: 'invalid_grant' })
    const issued = (await lab.provider.journal({ account: account.id })).filter((entry) => entry.type === 'issued')
    expect(issued.map(({ kind }) => kind)).toEqual(['ticket', 'authorization_code'])
  })
})

describe('the protocol around it', () => {
  it('answers form_post with a form that sends itself', async () => {
    const html = await (await party.authorize(await lab.provider.arm({}), { response_mode: 'form_post' })).text()
    expect(html).toContain(`action="${REDIRECT_URI}"`)
    expect(html).toContain('name="code"')
    expect(html).toContain('submit()')
  })

  it('answers in no other mode than the registration says, where it says one', async () => {
    const strict = await createParty(lab.provider, { responseMode: 'form_post' })
    const refused = await strict.authorize(await lab.provider.arm({}))
    expect(location(refused).searchParams.get('error_description')).toContain('response_mode is not allowed')
    const html = await (await strict.authorize(await lab.provider.arm({}), { response_mode: 'form_post' })).text()
    expect(html).toContain('name="code"')
  })

  it('demands PKCE only where the registration does, and journals the verifier', async () => {
    const strict = await createParty(lab.provider, { pkce: 'required', clientAuth: 'none' })
    const refused = await strict.authorize(await lab.provider.arm({}))
    expect(location(refused).searchParams.get('error')).toBe('invalid_request')
    const verifier = 'v'.repeat(50)
    const account = await lab.provider.arm({})
    const pkce = { code_challenge: challengeOf(verifier), code_challenge_method: 'S256' }
    expect((await strict.exchange(codeOf(await strict.authorize(account, pkce))!, verifier)).status).toBe(200)
    expect(await lab.provider.journal({ account: account.id })).toContainEqual(
      expect.objectContaining({ kind: 'code_verifier', value: verifier, client: strict.client.clientId }),
    )
  })

  it('publishes the issuer whatever the Host header or the request line says', async () => {
    const { request } = await import('node:http')
    const port = Number(new URL(lab.issuer).port)
    const get = (path: string, headers: Record<string, string>): Promise<string> =>
      new Promise((resolve, reject) => {
        const sent = request({ host: '127.0.0.1', port, path, headers }, (response) => {
          let text = response.headers.location ?? ''
          response.on('data', (chunk) => (text += chunk)).on('end', () => resolve(text))
        })
        sent.on('error', reject).end()
      })
    const foreign = { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' }
    for (const path of ['/.well-known/openid-configuration', 'http://evil.example/.well-known/openid-configuration']) {
      const text = await get(path, foreign)
      expect(text).not.toContain('evil')
      const urls = Object.entries(JSON.parse(text)).filter(([name]) => /endpoint$|_uri$|^issuer$/.test(name))
      expect(urls.length).toBeGreaterThan(5)
      for (const [, url] of urls) expect(url).toMatch(new RegExp(`^${lab.issuer}(/|$)`))
    }
    const { clientId } = party.client
    expect(await get(`/session/end?client_id=${clientId}`, foreign)).toContain(`action="${lab.issuer}/session/end/confirm"`)
  })

  it('signs out by a page that confirms itself, with the ID Token that the lab minted as hint', async () => {
    const postLogout = 'http://127.0.0.1:9/bye'
    const leaving = await createParty(lab.provider, { postLogoutRedirectUris: [postLogout] })
    const account = await lab.provider.arm({})
    const login = await leaving.authorize(account, { nonce: 'n' })
    const jar = cookiesOf(login)
    const { id_token } = (await (await leaving.exchange(codeOf(login)!)).json()) as { id_token: string }
    const query = new URLSearchParams({ id_token_hint: id_token, post_logout_redirect_uri: postLogout, state: 'bye' })
    const ask = await fetch(`${leaving.client.endpoints.endSession}?${query}`, { headers: { cookie: jarHeader(jar) } })
    expect(ask.status).toBe(200)
    const html = await ask.text()
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(html)?.[1] ?? ''
    expect(html).toContain('name="logout" value="yes"')
    const confirm = await fetch(`${lab.issuer}/session/end/confirm`, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie: jarHeader(cookiesOf(ask, jar)) },
      body: new URLSearchParams({ xsrf, logout: 'yes' }),
    })
    expect(confirm.headers.get('location')).toBe(`${postLogout}?state=bye`)
    expect((await leaving.authorize(null, {}, jar)).status).toBe(403)

    const forged = `${id_token.slice(0, -20)}AAAA${id_token.slice(-16)}`
    expect((await fetch(`${leaving.client.endpoints.endSession}?id_token_hint=${forged}`)).status).toBe(400)
  })

  it('keeps failures of its own off the console and in the journal', async () => {
    const before = (await lab.provider.journal()).length
    expect((await fetch(`${lab.issuer}/auth?client_id=nobody`)).status).toBe(400)
    expect((await fetch(`${lab.issuer}/me`)).status).toBe(401)
    expect((await party.exchange('no-such-code')).status).toBe(400)
    expect(await lab.provider.journal({ after: before })).toMatchObject([
      { endpoint: 'authorization', status: 400, error: 'invalid_client' },
      { endpoint: 'userinfo', status: 401, error: 'invalid_token' },
      { endpoint: 'token', status: 400, error: 'invalid_grant', grantType: 'authorization_code' },
    ])
  })

  it('refuses a client that cannot work', async () => {
    for (const broken of [
      { redirectUris: ['no url'] },
      { redirectUris: [] },
      { clientAuth: 'none', idTokenAlg: 'HS256' },
    ] as const) {
      await expect(createParty(lab.provider, broken as never)).rejects.toMatchObject({
        name: 'LabError',
        code: 'bad-registration',
      })
    }
  })
})
