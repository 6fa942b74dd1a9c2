import type { JournalEntry, JournalIssued } from '../../providers/provider.ts'
import type { Exchange } from '../agent/agent.ts'
import { createScanner, type KnownSecret, type Scanner } from './scanner.ts'

/** All values that must never be written down, named by kind, account and order: the marker names of evidence. */
export interface SecretRegistry {
  /** Adds what the provider issued; returns what was new. */
  learnJournal(entries: readonly JournalEntry[], labelOf: (account: string) => string | null): KnownSecret[]
  /** Adds the session cookies that the target set. */
  learnCookies(exchange: Exchange): void
  /** Adds a credential from the configuration. */
  learnConfigured(name: string, value: string): void
  /** Knows every secret learnt so far; growing it costs only what is new. */
  scanner(): Scanner
  /** What no journal names: session cookies, credentials, passwords, by the names that they have in evidence. */
  learnt(): Record<string, string>
  /** The secret with this very value, if known. */
  of(value: string): KnownSecret | undefined
}

const ISSUED = new Set<string>([
  'access_token',
  'refresh_token',
  'id_token',
  'authorization_code',
  'client_secret',
  'code_verifier',
  'ticket',
] satisfies JournalIssued['kind'][])
/** Chosen by the app, and perhaps not random, so that a run of 15 characters would prove nothing; or of no use to anybody but in one piece. */
const WHOLE_ONLY = new Set(['code_verifier', 'ticket'])
const SHORTEST_COOKIE = 16

/** What the provider issued keeps its kind when a cookie or a configured credential holds the same value, whichever was learnt first. */
const GUESSED = new Set(['session_cookie', 'configured'])

function mayBecome(known: KnownSecret | undefined, kind: string): boolean {
  return known === undefined || (GUESSED.has(known.kind) && ISSUED.has(kind))
}

export function createSecretRegistry(): SecretRegistry {
  const byValue = new Map<string, KnownSecret>()
  const counters = new Map<string, number>()
  let fresh: KnownSecret[] = []
  let scanner = createScanner([])

  function add(kind: string, account: string | null, value: string, more: Partial<KnownSecret> = {}): KnownSecret | null {
    if (value === '' || !mayBecome(byValue.get(value), kind)) return null
    const owner = account ? `${kind} ${account}` : kind
    const number = (counters.get(owner) ?? 0) + 1
    counters.set(owner, number)
    const secret: KnownSecret = {
      name: `${owner}#${number}`,
      kind,
      account,
      value,
      match: WHOLE_ONLY.has(kind) ? 'whole' : 'runs',
      ...more,
    }
    byValue.set(value, secret)
    fresh.push(secret)
    return secret
  }

  return {
    learnJournal(entries, labelOf) {
      const issued = entries.filter((entry): entry is JournalIssued => entry.type === 'issued')
      return issued.flatMap((entry) => {
        const account = entry.account === null ? null : labelOf(entry.account)
        return add(entry.kind, account, entry.value, { jti: entry.jti, canary: entry.canary }) ?? []
      })
    },
    learnCookies(exchange) {
      for (const [name, value] of exchange.response?.headers ?? []) {
        if (name !== 'set-cookie') continue
        const cookie = value
          .slice(value.indexOf('=') + 1)
          .split(';', 1)[0]!
          .trim()
        // An address is public, and redacting it everywhere would hide whose data a page shows.
        if (cookie.length >= SHORTEST_COOKIE && !/@|%40/i.test(cookie)) add('session_cookie', null, cookie, { match: 'whole' })
      }
    },
    learnConfigured(name, value) {
      add(name, null, value, { kind: 'configured', match: value.length >= 24 ? 'runs' : 'whole' })
    },
    scanner() {
      if (fresh.length > 0) scanner = scanner.with(fresh)
      fresh = []
      return scanner
    },
    learnt: () => {
      const beside = [...byValue.values()].filter(({ kind }) => GUESSED.has(kind))
      return Object.fromEntries(beside.map(({ name, value }) => [name, value]))
    },
    of: (value) => byValue.get(value),
  }
}
