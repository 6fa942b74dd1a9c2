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
  const secrets = createSecretRegistry()
  const journal = await provider.journal().catch(() => null)
  if (journal === null) return '(not shown: the lab, which knows the secrets in it, does not answer)'
  secrets.learnJournal(journal, () => null)
  return withoutConfigured(redactText(secrets.scanner(), text), configured)
}
