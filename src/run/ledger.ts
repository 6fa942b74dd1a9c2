import type { ArmedAccount, JournalEntry, Provider, SinkRecord } from '../../providers/provider.ts'
import { createSecretRegistry, type SecretRegistry } from '../evidence/secrets.ts'

/** The run's copy of the provider's journal, read once for everyone, and the secrets learnt from it. */
export interface Ledger {
  readonly secrets: SecretRegistry
  /** Reads what is new. */
  refresh(): Promise<void>
  know(account: ArmedAccount): void
  entriesOf(accounts: ReadonlySet<string>): JournalEntry[]
  /** Null for a public client, and for one that the journal does not know. */
  clientSecret(client: string): string | null
  arrivalsSince(seq: number): Promise<SinkRecord[]>
  sinkPosition(): Promise<number>
  byReceipt(receipt: string): Promise<SinkRecord | null>
}

export function createLedger(provider: Provider): Ledger {
  const secrets = createSecretRegistry()
  const labels = new Map<string, string>()
  const entries: JournalEntry[] = []
  let position = 0
  let sinkSeen = 0
  let reading: Promise<void> | null = null

  async function read() {
    const fresh = await provider.journal({ after: position })
    for (const entry of fresh) {
      entries.push(entry)
      position = Math.max(position, entry.seq)
    }
    secrets.learnJournal(fresh, (account) => labels.get(account) ?? null)
  }

  return {
    secrets,
    async refresh() {
      // A read under way may have begun before the entry that this caller waits for: let it end, then read once for all who wait.
      if (reading) await reading
      reading ??= read().finally(() => {
        reading = null
      })
      await reading
    },
    know(account) {
      labels.set(account.id, account.label)
    },
    entriesOf: (accounts) => entries.filter((entry) => entry.account !== null && accounts.has(entry.account)),
    clientSecret(client) {
      const issued = entries.find((entry) => entry.type === 'issued' && entry.kind === 'client_secret' && entry.client === client)
      return issued?.type === 'issued' ? issued.value : null
    },
    arrivalsSince: (seq) => provider.sink({ after: seq }),
    async sinkPosition() {
      // Records hold whole bodies: only those that are new are worth the way.
      sinkSeen = (await provider.sink({ after: sinkSeen })).at(-1)?.seq ?? sinkSeen
      return sinkSeen
    },
    async byReceipt(receipt) {
      return (await provider.sink({ receipt }))[0] ?? null
    },
  }
}
