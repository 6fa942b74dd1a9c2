import { isDeepStrictEqual } from 'node:util'
import type { Exchange } from '../../../src/agent/agent.ts'
import { sentence } from '../../../src/errors.ts'
import { type Attempt, type DoctorContext, handedOver, reachedByTarget, signIn } from '../context.ts'
import { amiss, type Mend, right, type Seen, type Step, wrong } from '../step.ts'
import { answer, pathOf } from '../tell.ts'

/** Whether the way to sign in leads to the provider. */
export const login: Step = {
  name: 'login',
  needs: ['answers'],
  async look(context) {
    context.attempt = await signIn(context, { label: 'alice' })
    const { exchanges, problem } = context.attempt
    const { target, client } = context
    const authorization = new URL(client.endpoints.authorization)
    const there = ({ request }: Exchange) => same(new URL(request.url), authorization)
    const first = exchanges[0]
    if (first && exchanges.some(there))
      return right(`${first.request.method} ${pathOf(first.request.url)} leads to the provider.`)

    const last = exchanges.at(-1)
    if (!first || !last) return wrong(sentence(`Signing in asked for nothing: ${problem ?? 'no request was made'}`), LOGIN_PATH)
    const { origin } = new URL(last.request.url)
    if (origin === authorization.origin)
      return wrong(
        `${answer(last)}: that is the provider, but its authorization endpoint is ${authorization.pathname}.`,
        handedOver(context, 'TOKENWARD_AUTHORIZATION_URL'),
      )
    if (origin !== new URL(target.baseUrl).origin)
      return wrong(
        `The browser is sent to ${origin}, which is neither the target (${target.baseUrl}) nor the provider (${client.issuer}).`,
        new URL(last.request.url).searchParams.has('client_id')
          ? handedOver(context, 'TOKENWARD_ISSUER')
          : handedOver(context, 'TOKENWARD_BASE_URL'),
      )
    if (!last.response) return wrong(sentence(problem ?? answer(last, target.baseUrl)), LOGIN_PATH)
    const told = answer(last, target.baseUrl)
    if (last.response.status >= 500 && !(await reachedByTarget(context)))
      return wrong(
        `${told}, and the provider (${client.issuer}) has seen no request of the target: it does not know where it is, or cannot reach it.`,
        handedOver(context, 'TOKENWARD_ISSUER'),
      )
    return wrong(`${told}, and does not send the browser to the provider (${client.issuer}).`, LOGIN_PATH)
  },
}

const LOGIN_PATH: Mend = { field: 'login.path', cure: 'write the address that begins a sign-in by the provider.' }

function same(a: URL, b: URL): boolean {
  return a.origin === b.origin && a.pathname === b.pathname
}

/** Whether the provider takes the request, and the browser brings its answer back. */
export const callback: Step = {
  name: 'callback',
  needs: ['login'],
  async look(context) {
    const attempt = context.attempt!
    const request = attempt.requests.findLast(({ endpoint }) => endpoint === 'authorization')
    if (request?.error) return refusedRequest(context, request.error, request.detail, request.asked!)
    const back = callbackOf(context, attempt)
    if (back) return right(`the provider answers to ${pathOf(back.request.url)}, which is registered.`)
    return wrong(
      sentence(
        `The provider took the request (${request?.status ?? 'no answer'}), but the browser did not come back to ${context.registration.redirectUris[0]}${attempt.problem ? `: ${attempt.problem}` : ''}`,
      ),
      { field: 'registration.redirectPath', cure: 'write the path at which the app takes the answer.' },
    )
  },
}

/** The exchange by which the app was given the provider's answer. */
function callbackOf({ registration }: DoctorContext, { exchanges }: Attempt): Exchange | undefined {
  const [redirectUri = ''] = registration.redirectUris
  return exchanges.findLast(({ request }) => same(new URL(request.url), new URL(redirectUri)))
}

type Asked = NonNullable<Attempt['requests'][number]['asked']>

function refusedRequest(context: DoctorContext, error: string, detail: string | null, asked: Asked): Seen {
  const { registration, client, target, source } = context
  const [registered = ''] = registration.redirectUris
  if (asked.clientId !== client.clientId)
    return wrong(
      `The app asks as client ${JSON.stringify(asked.clientId)}; registered here is ${JSON.stringify(client.clientId)}.`,
      handedOver(context, 'TOKENWARD_CLIENT_ID'),
    )
  if (error === 'invalid_redirect_uri' || asked.redirectUri === null) {
    const sent = URL.parse(asked.redirectUri ?? '')
    const text = `The app asks to be answered at ${asked.redirectUri ?? 'no address'}; registered is ${registered}.`
    if (sent && sent.origin === new URL(target.baseUrl).origin)
      return wrong(text, { field: 'registration.redirectPath', cure: `write '${sent.pathname}'.` })
    if (sent && source.launch.kind === 'running')
      return wrong(text, { field: 'url', cure: `write '${sent.origin}', where the app takes itself to be.` })
    return wrong(text, handedOver(context, sent ? 'TOKENWARD_BASE_URL' : 'TOKENWARD_REDIRECT_URI'))
  }
  const text = `The provider refuses the request: ${error}${detail ? ` (${detail})` : ''}.`
  if (/pkce|code_challenge/i.test(detail ?? ''))
    return wrong(text, { field: 'registration.pkce', cure: "write 'required' only if the app sends a code_challenge (S256)." })
  if (error === 'invalid_scope') return wrong(text, { field: 'registration.scope', cure: 'write what the app asks for.' })
  if (asked.responseType !== 'code')
    return wrong(`${text} The app asks for the response type ${JSON.stringify(asked.responseType)}.`, {
      field: null,
      cure: 'Let the app use the code flow, the only one that the lab speaks.',
    })
  return wrong(text, { field: null, cure: "Look at the app's own output." })
}

/** Whether the app itself, not the browser, reaches the provider. */
export const issuer: Step = {
  name: 'issuer',
  needs: ['callback'],
  async look(context) {
    const { client, source } = context
    if (await reachedByTarget(context)) return right(`the target reaches the provider (${client.issuer}) from its own side.`)
    const back = callbackOf(context, context.attempt!)!
    return wrong(
      `${answer(back, context.target.baseUrl)}, and nothing of the target itself has arrived at the provider (${client.issuer}).`,
      source.launch.kind === 'running'
        ? { field: null, cure: `See that ${client.issuer} can be reached from where the target runs.` }
        : handedOver(context, 'TOKENWARD_ISSUER'),
    )
  },
}

/** Whether the app gets tokens for its code, and authenticates as it is registered. */
export const clientAuth: Step = {
  name: 'client-auth',
  needs: ['issuer'],
  async look(context) {
    const { registration, client } = context
    const attempt = context.attempt!
    const request = attempt.requests.findLast(({ endpoint, grantType }) => endpoint === 'token' && grantType !== 'refresh_token')
    if (!request?.presented)
      return wrong(`${answer(callbackOf(context, attempt)!, context.target.baseUrl)}, and the app asked for no token.`, {
        field: null,
        cure: "It refuses the provider's answer by itself: look at its own output. What it kept for the sign-in (state, nonce) may have been lost, such as a cookie that is Secure.",
      })
    const { method, clientId } = request.presented
    const asDescribed = `The app authenticates by ${method}; registered is ${registration.clientAuth}`
    const mend: Mend =
      method === 'other'
        ? { field: 'registration.clientAuth', cure: 'Let the app use one of the ways that the lab speaks.' }
        : { field: 'registration.clientAuth', cure: `write '${method}'.` }
    if (request.error === null)
      return method === registration.clientAuth
        ? right(`the app authenticates by ${method}, and gets its tokens.`)
        : amiss(`${asDescribed}. The lab accepts that; another provider need not.`, mend)
    const text = `The provider refuses the app's code: ${request.error}${request.detail ? ` (${request.detail})` : ''}.`
    if (clientId !== null && clientId !== client.clientId)
      return wrong(
        `${text} It came from client ${JSON.stringify(clientId)}; registered here is ${JSON.stringify(client.clientId)}.`,
        handedOver(context, 'TOKENWARD_CLIENT_ID'),
      )
    if (request.error === 'invalid_client' || clientId === null)
      return isSecret(method) && isSecret(registration.clientAuth)
        ? wrong(`${text} The client secret is another one.`, handedOver(context, 'TOKENWARD_CLIENT_SECRET'))
        : wrong(`${text} ${asDescribed}.`, mend)
    if (/redirect_uri/.test(request.detail ?? ''))
      return wrong(`${text} The app names another redirect_uri here than in its authorization request.`, {
        field: null,
        cure: `Let it be ${registration.redirectUris[0]} in both.`,
      })
    return wrong(text, { field: null, cure: "Look at the app's own output." })
  },
}

function isSecret(method: string): boolean {
  return method === 'client_secret_basic' || method === 'client_secret_post'
}

/** Whether the app asks for what the description says. */
export const scope: Step = {
  name: 'scope',
  needs: ['callback'],
  async look({ attempt, registration, target }) {
    const asked = attempt!.requests.findLast(({ endpoint }) => endpoint === 'authorization')?.asked?.scope ?? ''
    const words = (text: string) => text.split(' ').filter(Boolean).toSorted()
    const { customScope } = target.declares
    if (!isDeepStrictEqual(words(asked), words(registration.scope)))
      return amiss(`The app asks for ${JSON.stringify(asked)}; described is ${JSON.stringify(registration.scope)}.`, {
        field: 'registration.scope',
        cure: `write '${asked}', or let the app ask for what TOKENWARD_SCOPE holds.`,
      })
    if (customScope !== null && !words(asked).includes(customScope))
      return amiss(`The app asks for ${JSON.stringify(asked)}, without its custom scope ${JSON.stringify(customScope)}.`, {
        field: 'declares.customScope',
        cure: 'write one that it asks for, or null.',
      })
    return right(`the app asks for ${asked}.`)
  },
}
