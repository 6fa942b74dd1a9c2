import type { Exchange } from './agent.ts'
import { encodeForm } from './body.ts'
import { DEFAULT_REFERRER_POLICY, parseReferrerPolicy } from './browser-headers.ts'
import { agentError } from './failure.ts'
import { isWeb, resolveUrl, withoutFragment } from './origin.ts'
import { type Page, parseRefresh, readPage } from './page.ts'
import { type Step, stepOf } from './step.ts'

/** Pages that refresh later than this are at rest, e.g. dashboards. */
const MAX_REFRESH_SECONDS = 5
const REDIRECTS = new Set([301, 302, 303, 307, 308])

/** What a browser does next on its own after a navigation's answer; null when the page is at rest. */
export async function nextStep(done: Exchange, step: Step): Promise<Step | null> {
  const redirect = redirected(done, step)
  if (redirect) return redirect
  const response = done.response!
  if (REDIRECTS.has(response.status) || header(done, 'content-disposition')?.trim().toLowerCase().startsWith('attachment'))
    return null

  const page = pageOf(done)
  const document = step.chain.at(-1)!
  const base = resolveUrl(page?.base ?? '', document) ?? document
  const from = { document, referrerPolicy: policyOf(done, page) ?? DEFAULT_REFERRER_POLICY }

  if (page?.autoSubmit) {
    const { method, action, enctype, fields } = page.autoSubmit
    const url = action === '' ? new URL(document.href) : resolveUrl(action, base)
    if (!isWeb(url)) return null
    const { bytes, contentType } = await encodeForm(fields, method === 'GET' ? '' : enctype)
    if (method === 'GET') {
      url.search = bytes!.toString()
      return stepOf({ ...from, chain: [url], method, initiator: 'form' })
    }
    return stepOf({ ...from, chain: [url], method, body: bytes, ownHeaders: [['content-type', contentType!]], initiator: 'form' })
  }

  const refresh = page?.refresh ?? parseRefresh(header(done, 'refresh') ?? '')
  if (!refresh?.url || refresh.delay > MAX_REFRESH_SECONDS) return null
  const url = resolveUrl(refresh.url, base)
  // A page that reloads itself waits for something; following it would only spin.
  if (!isWeb(url) || withoutFragment(url).href === withoutFragment(document).href) return null
  return stepOf({ ...from, chain: [url], method: 'GET', initiator: 'meta-refresh' })
}

/**
 * The next hop of a redirect; null when there is none, or when it leads out of the web (`myapp://…`).
 * @throws AgentError `bad-response` when the address cannot be read
 */
export function redirected(done: Exchange, step: Step): Step | null {
  const { status } = done.response!
  const location = header(done, 'location')
  if (!REDIRECTS.has(status) || location === undefined) return null
  const from = step.chain.at(-1)!
  const url = resolveUrl(bytesEscaped(location), from)
  if (!url)
    throw agentError(
      'bad-response',
      { method: done.request.method, url: from },
      'was redirected to an address that cannot be read',
    )
  if (!isWeb(url)) return null

  const toGet = status === 303 ? !['GET', 'HEAD'].includes(step.method) : status < 303 && step.method === 'POST'
  const crossOrigin = url.origin !== from.origin
  return {
    ...step,
    chain: [...step.chain, url],
    initiator: 'redirect',
    referrerPolicy: parseReferrerPolicy(header(done, 'referrer-policy') ?? null) ?? step.referrerPolicy,
    ...(toGet ? { method: 'GET', body: null } : {}),
    ownHeaders: step.ownHeaders.filter(
      ([key]) => !(toGet && key.startsWith('content-')) && !(crossOrigin && key === 'authorization'),
    ),
  }
}

/** The page of an HTML answer; null for anything else. */
export function pageOf(done: Exchange): Page | null {
  const { body } = done.response!
  const type = header(done, 'content-type') ?? ''
  const isHtml =
    type === '' ? /^\s*</.test(body.subarray(0, 64).toString('latin1')) : /^\s*(?:text\/html|application\/xhtml\+xml)/i.test(type)
  if (!isHtml || body.length === 0) return null
  return readPage(decoderFor(type).decode(body))
}

/** The referrer policy that an answer sets, by header or in the page. */
export function policyOf(done: Exchange, page: Page | null): string | null {
  return parseReferrerPolicy(page?.referrerPolicy ?? null) ?? parseReferrerPolicy(header(done, 'referrer-policy') ?? null)
}

function header({ response }: Exchange, name: string): string | undefined {
  return response!.headers.find(([key]) => key === name)?.[1]
}

function decoderFor(contentType: string) {
  const label = /charset\s*=\s*"?([^\s";]+)/i.exec(contentType)?.[1] ?? 'utf-8'
  try {
    return new TextDecoder(label)
  } catch {
    return new TextDecoder()
  }
}

/** Headers are kept as Latin-1, one character per byte: percent-encoding each keeps UTF-8 what it was. */
function bytesEscaped(location: string): string {
  return location.replace(/[\u0080-\u00ff]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`)
}
