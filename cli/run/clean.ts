import type { Provider } from '../../providers/provider.ts'
import { redactText } from '../../src/evidence/redact.ts'
import { createSecretRegistry } from '../../src/evidence/secrets.ts'

/** A command line or an address may hold a credential that the configuration names as a secret. */
export function withoutConfigured(text: string, configured: Record<string, string>): string {
  const secrets = createSecretRegistry()
  for (const [name, value] of Object.entries(configured)) secrets.learnConfigured(name, value)
  return redactText(secrets.scanner(), text)
}

/** What a target printed when it failed, or an error said, may quote any token that was issued so far, and what the target was configured with. */
export async function withoutSecrets(text: string, provider: Provider, configured: Record<string, string>): Promise<string> {
  return createCleaner(provider, configured)(text)
}

/** The same for many texts, one after another: each secret is learnt once. */
export function createCleaner(provider: Provider, configured: Record<string, string>): (text: string) => Promise<string> {
  const secrets = createSecretRegistry()
  for (const [name, value] of Object.entries(configured)) secrets.learnConfigured(name, value)
  let position = 0
  return async (text) => {
    const fresh = await provider.journal({ after: position }).catch(() => null)
    if (fresh === null) return '(not shown: the lab, which knows the secrets in it, does not answer)'
    secrets.learnJournal(fresh, () => null)
    position = fresh.at(-1)?.seq ?? position
    return redactText(secrets.scanner(), text)
  }
}
