import type { JournalEntry, JournalIssued, JournalRequest } from '../provider.ts'

type Stamped = 'type' | 'seq' | 'at'

/** Append-only record of what was issued and what was asked. */
export interface Journal {
  issued(entry: Omit<JournalIssued, Stamped>): void
  request(entry: Omit<JournalRequest, Stamped>): void
  /** Whose refresh token it is or was; null for one that was never issued. */
  ownerOf(refreshToken: string): string | null
  read(filter?: { after?: number; account?: string }): JournalEntry[]
}

/** What most issued things have in common; spread it and override. */
export const PLAIN = { expiresAt: null, tamper: null, tampered: [], canary: null, jti: null } satisfies Partial<JournalIssued>

/** A journal that says of everything that the second issuer did it. */
export function ofSecond(journal: Journal): Journal {
  return {
    issued: (entry) => journal.issued({ ...entry, issuer: 'second' }),
    request: (entry) => journal.request({ ...entry, issuer: 'second' }),
    ownerOf: journal.ownerOf,
    read: journal.read,
  }
}

export function createJournal(): Journal {
  const all: JournalEntry[] = []
  // An index by account: hundreds of checks each ask for their own few entries.
  const byAccount = new Map<string, JournalEntry[]>()
  const owners = new Map<string, string | null>()

  function append(entry: JournalEntry): void {
    all.push(entry)
    if (entry.account === null) return
    const own = byAccount.get(entry.account)
    if (own) own.push(entry)
    else byAccount.set(entry.account, [entry])
  }

  return {
    issued(entry) {
      if (entry.kind === 'refresh_token') owners.set(entry.value, entry.account)
      append({ type: 'issued', seq: all.length + 1, at: Date.now(), ...entry })
    },
    request: (entry) => append({ type: 'request', seq: all.length + 1, at: Date.now(), ...entry }),
    ownerOf: (refreshToken) => owners.get(refreshToken) ?? null,
    read({ after = 0, account } = {}) {
      if (account === undefined) return all.slice(Math.max(0, after))
      return (byAccount.get(account) ?? []).filter((entry) => entry.seq > after)
    },
  }
}
