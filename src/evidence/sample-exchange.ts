import { Buffer } from 'node:buffer'
import type { Exchange, ExchangeResponse } from '../agent/agent.ts'

type Response = Omit<Partial<ExchangeResponse>, 'body'> & { body?: string | Buffer }

/** An exchange for tests: complete, and otherwise as given. */
export function sampleExchange(more: Omit<Partial<Exchange>, 'response'> & { response?: Response | null } = {}): Exchange {
  const { response = {}, ...rest } = more
  return {
    id: 1,
    at: 0,
    durationMs: 0,
    agent: 'alice',
    initiator: 'navigation',
    surface: 'home',
    owner: 'product',
    request: { method: 'GET', url: 'http://app.test/home', headers: [], body: null },
    error: null,
    ...rest,
    response: response && {
      status: 200,
      statusText: 'OK',
      headers: [],
      trailers: [],
      informational: [],
      truncated: false,
      ...response,
      body: typeof response.body === 'string' ? Buffer.from(response.body) : (response.body ?? Buffer.alloc(0)),
    },
  }
}
