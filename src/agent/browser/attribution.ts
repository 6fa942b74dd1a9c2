import type { Exchange, Initiator } from '../agent.ts'
import { resolveUrl, withoutFragment } from '../origin.ts'

/** Tells why a browser made a request, from what it says of it and from what went before. One for each agent. */
export interface Attribution {
  /** An address that the harness itself is about to open. */
  expect(url: string): void
  initiatorOf(request: { method: string; url: URL; headers: ReadonlyMap<string, string> }): Initiator
  answered(exchange: Exchange): void
}

const RECENT = 64

export function createAttribution(): Attribution {
  const expected: string[] = []
  /** Where redirects of late led to: their addresses were told by a `Location`, and belong to it. */
  const redirects: string[] = []

  return {
    expect(url) {
      expected.push(withoutFragment(new URL(url)).href)
      if (expected.length > RECENT) expected.shift()
    },
    initiatorOf({ method, url, headers }) {
      const dest = headers.get('sec-fetch-dest') ?? (headers.has('upgrade-insecure-requests') ? 'document' : 'empty')
      if (method === 'OPTIONS' && headers.has('access-control-request-method')) return 'preflight'
      if (take(redirects, url.href)) return 'redirect'
      if (dest === 'document') {
        if (method === 'POST') return 'form'
        // Whatever the page itself set off, by a link, a refresh or a script, has an address that the app composed.
        return take(expected, url.href) ? 'navigation' : 'script'
      }
      return dest === 'empty' || dest === 'websocket' ? 'script' : 'resource'
    },
    answered({ request, response }) {
      const location = response?.headers.find(([name]) => name === 'location')?.[1]
      if (!response || response.status < 300 || response.status > 399 || location === undefined) return
      const target = resolveUrl(location, new URL(request.url))
      if (target) redirects.push(withoutFragment(target).href)
      if (redirects.length > RECENT) redirects.shift()
    },
  }
}

function take(list: string[], url: string): boolean {
  const at = list.indexOf(url)
  if (at >= 0) list.splice(at, 1)
  return at >= 0
}
