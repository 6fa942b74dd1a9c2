import { LabError, type LabErrorCode } from './local/errors.ts'
import type { Provider } from './provider.ts'

/** The control API only looks things up: a lab that takes longer hangs. */
const TIMEOUT_MS = 10_000

interface Failure {
  error: LabErrorCode
  message: string
}

function isFailure(content: unknown): content is Failure {
  const { error, message } = Object(content) as Partial<Failure>
  return typeof error === 'string' && typeof message === 'string'
}

/**
 * Drives a lab that runs elsewhere, by its control listener. Rejects with LabError: `unreachable`, `unauthorized`, or the
 * code that the lab answered.
 */
export async function connectLab(controlUrl: string, key: string): Promise<Provider> {
  const base = controlUrl.replace(/\/+$/, '')

  async function call<T>(operation: string, body: unknown): Promise<T> {
    let response: Response
    let content: unknown
    try {
      response = await fetch(`${base}/${operation}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
      const text = await response.text()
      content = response.status === 401 ? null : JSON.parse(text)
      if (!response.ok && content !== null && !isFailure(content)) throw new Error('this is no answer of a lab')
    } catch (error) {
      throw new LabError(
        'unreachable',
        `No lab answers at ${base}. Is "tokenward lab" running, and is this its control address?`,
        {
          cause: error,
        },
      )
    }
    if (response.status === 401) {
      throw new LabError('unauthorized', `The lab at ${base} refuses the control key. Use the one that it printed at its start.`)
    }
    if (!response.ok) {
      const { error, message } = content as Failure
      throw new LabError(error, message)
    }
    return content as T
  }

  const { issuer, sinkUrl } = await call<{ issuer: string; sinkUrl: string }>('info', {})
  return {
    kind: 'local',
    issuer,
    sinkUrl,
    register: (registration, issuer) => call('register', { registration, issuer }),
    client: (redirectUri, issuer) => call('client', { redirectUri, issuer }),
    arm: (spec) => call('arm', spec),
    rearm: (account, spec) => call('rearm', { account, spec }),
    journal: (filter = {}) => call('journal', filter),
    sink: (filter = {}) => call('sink', filter),
    jwks: (issuer) => call('jwks', { issuer }),
  }
}
