import type { Exchange } from '../../src/agent/agent.ts'

/** `GET /login answered 404 with text/html`: no query string, which may hold a code. */
export function answer({ request, response, error }: Exchange, base?: string): string {
  const { origin, pathname } = new URL(request.url)
  const where = base !== undefined && origin === new URL(base).origin ? pathname : origin + pathname
  const type = response?.headers.find(([name]) => name === 'content-type')?.[1].split(';')[0]
  if (!response) return `${request.method} ${where} came to nothing (${error?.code})`
  return `${request.method} ${where} answered ${response.status}${type ? ` with ${type}` : ''}`
}

/** The header's value, or null. */
export function headerOf({ response }: Exchange, name: string): string | null {
  return response?.headers.find(([key]) => key === name)?.[1] ?? null
}

export function pathOf(url: string): string {
  return URL.parse(url)?.pathname ?? url
}
