import { EXIT, UserError } from '../errors.ts'

/** A file at the target by which its owner agrees to be tested: `{"allow": true}`. */
export const CONSENT_PATH = '/.well-known/tokenward.json'

export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '')
  return bare === 'localhost' || bare === '::1' || /^127(\.\d{1,3}){3}$/.test(bare)
}

/**
 * Attacks run on loopback. Any other host needs its owner's consent: named in the configuration, or by a file at the target.
 * Throws a UserError that says how to give it.
 */
export async function requireConsent(
  baseUrl: string,
  consented: readonly string[],
  fetchJson: (url: string) => Promise<unknown> = fetchJsonOrNull,
): Promise<void> {
  const { hostname, origin } = new URL(baseUrl)
  if (isLoopback(hostname) || consented.some((host) => host.toLowerCase() === hostname)) return
  const answer = (await fetchJson(origin + CONSENT_PATH)) as { allow?: unknown } | null
  if (answer?.allow === true) return
  throw new UserError(
    `${hostname} is not a loopback address, and its owner has not agreed to be tested.\n` +
      `Name it in the configuration (consent: ['${hostname}']), or serve {"allow": true} at ${origin}${CONSENT_PATH}.`,
    EXIT.usage,
  )
}

async function fetchJsonOrNull(url: string): Promise<unknown> {
  try {
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(5000) })
    return response.ok ? await response.json() : null
  } catch {
    return null
  }
}
