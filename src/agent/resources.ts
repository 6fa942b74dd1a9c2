import type { Exchange } from './agent.ts'
import { DEFAULT_REFERRER_POLICY } from './browser-headers.ts'
import { pageOf, policyOf } from './follow.ts'
import { isWeb, resolveUrl, withoutFragment } from './origin.ts'
import { type Step, stepOf } from './step.ts'

/** What a browser would load for a page: scripts, styles, images, frames, each once. */
export function resourcesOf(done: Exchange, step: Step, limit: number): Step[] {
  const page = pageOf(done)
  if (!page) return []
  const document = step.chain.at(-1)!
  const base = resolveUrl(page.base ?? '', document) ?? document
  const referrerPolicy = policyOf(done, page) ?? DEFAULT_REFERRER_POLICY
  const steps = new Map<string, Step>()
  for (const { url: reference, dest, cors } of page.resources) {
    const target = resolveUrl(reference, base)
    if (!isWeb(target) || steps.size >= limit) continue
    const url = withoutFragment(target)
    if (steps.has(url.href)) continue
    const mode = dest === 'iframe' ? 'navigate' : cors ? 'cors' : 'no-cors'
    steps.set(url.href, stepOf({ chain: [url], mode, dest, document, referrerPolicy, initiator: 'resource' }))
  }
  return [...steps.values()]
}

const MAPPING_COMMENT = /[#@]\s*sourceMappingURL\s*=\s*([^\s'"*]+)/g

/** The source map that a script or a style sheet names, by header or by its last comment. No browser loads it until somebody looks. */
export function sourceMapOf(done: Exchange, step: Step): Step | null {
  if (step.dest !== 'script' && step.dest !== 'style') return null
  const { headers, body } = done.response!
  const named = headers.find(([name]) => name === 'sourcemap' || name === 'x-sourcemap')?.[1]
  const reference = named ?? [...body.toString('latin1').matchAll(MAPPING_COMMENT)].at(-1)?.[1]
  const document = step.chain.at(-1)!
  const url = reference === undefined ? null : resolveUrl(reference, document)
  if (!isWeb(url)) return null
  return stepOf({ ...step, chain: [withoutFragment(url)], mode: 'no-cors', dest: 'empty', document, initiator: 'source-map' })
}
