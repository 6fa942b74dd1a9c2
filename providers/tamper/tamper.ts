import type { Json } from '../provider.ts'

/** An ID Token before it is signed. Tampering returns a new one and never changes the one it was given. */
export interface Draft {
  header: { readonly [name: string]: Json }
  /** A map, not an object: claim names may be hostile (`__proto__`). */
  claims: ReadonlyMap<string, Json>
  /** Members of the payload as JSON text without the braces; appended after `claims`. May be empty. */
  raw: string
  /** `stray`: a key of the right kind that is published nowhere. */
  key: 'published' | 'stray'
  /** Changes the finished token: its three base64url segments. */
  finish: (segments: Segments) => Segments
}

export type Segments = readonly [header: string, payload: string, signature: string]

/** What tampering may know of the transaction. */
export interface Facts {
  issuer: string
  clientId: string
  /** Seconds since the epoch. */
  now: number
}

export interface Tampered {
  draft: Draft
  /** Names of the claims that differ, or `header`, `signature`. Empty: there was nothing to change. */
  changed: string[]
}

export interface Tamper {
  /** What is wrong with the data, or null. */
  check(data: Json | undefined): string | null
  apply(draft: Draft, facts: Facts, data: Json | undefined): Tampered
}

/** The payload as it is signed. */
export function payloadText(draft: Draft): string {
  const members = [...draft.claims].map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
  if (draft.raw !== '') members.push(draft.raw)
  return `{${members.join(',')}}`
}

export const noData = (data: Json | undefined): string | null => (data === undefined ? null : 'takes no data')
