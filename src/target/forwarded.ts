import type { ForwardedHeader, Probe } from './target.ts'

const BINDING = /\{\{this\.params\.(\w+)\}\}/g
const MARKED = /<<.*>>/

/**
 * The probe as an app carries it out that adds the token by itself: the probe's own placeholders are left out, since nobody writes any, and
 * what the app adds stands in its headers.
 */
export function asForwarded(probe: Probe, headers: readonly ForwardedHeader[]): Probe {
  const { method, path, query } = probe.request
  return {
    ...probe,
    where: 'action',
    request: {
      method,
      path,
      headers: headers.map(({ name, value }) => [name, value]),
      query: query.filter(([, value]) => !MARKED.test(value)),
      body: { kind: 'none' },
    },
  }
}

/** Path and query of such a call, with the client's own values in them. */
export function forwardedUrl(probe: Probe, inputs: Readonly<Record<string, string>>): string {
  const { path, query } = asForwarded(probe, []).request
  const fill = (template: string) =>
    template.replace(BINDING, (_binding, name: string) => encodeURIComponent(Object.hasOwn(inputs, name) ? inputs[name]! : ''))
  const pairs = query
    .filter(([, value]) => [...value.matchAll(BINDING)].every(([, name]) => Object.hasOwn(inputs, name!)))
    .map(([name, value]) => `${encodeURIComponent(name)}=${fill(value)}`)
  return fill(path) + (pairs.length > 0 ? `?${pairs.join('&')}` : '')
}
