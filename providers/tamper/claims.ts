import type { Json } from '../provider.ts'
import { type Draft, type Facts, noData, type Tamper } from './tamper.ts'

type JsonObject = { [name: string]: Json }
const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Fills `{{issuer}}` and `{{client_id}}`, and turns `{"fromNow": seconds}` into a time; at any depth. */
function resolve(value: Json, facts: Facts): Json {
  if (typeof value === 'string') return value.replaceAll('{{issuer}}', facts.issuer).replaceAll('{{client_id}}', facts.clientId)
  if (Array.isArray(value)) return value.map((item) => resolve(item, facts))
  if (!isObject(value)) return value
  const members = Object.entries(value)
  if (members.length === 1 && members[0]![0] === 'fromNow' && typeof members[0]![1] === 'number')
    return facts.now + members[0]![1]
  return Object.fromEntries(members.map(([name, member]) => [name, resolve(member, facts)]))
}

/** Data: an object of claim name to value. A claim that already has the value does not count as changed. */
export const setClaims: Tamper = {
  check: (data) => (isObject(data) && Object.keys(data).length > 0 ? null : 'must be an object of claim to value'),
  apply(draft, facts, data) {
    const claims = new Map(draft.claims)
    const changed: string[] = []
    for (const [name, template] of Object.entries(data as JsonObject)) {
      const value = resolve(template, facts)
      if (JSON.stringify(value) !== JSON.stringify(claims.get(name))) changed.push(name)
      claims.set(name, value)
    }
    return { draft: { ...draft, claims }, changed }
  },
}

/** Data: a list of claim names. */
export const removeClaims: Tamper = {
  check: (data) =>
    Array.isArray(data) && data.length > 0 && data.every((name) => typeof name === 'string')
      ? null
      : 'must be a list of claim names',
  apply(draft, _facts, data) {
    const claims = new Map(draft.claims)
    const changed = (data as string[]).filter((name) => claims.delete(name))
    return { draft: { ...draft, claims }, changed }
  },
}

/** The nonce differs in its last character only, which a comparison by prefix overlooks. */
export const alterNonce: Tamper = {
  check: noData,
  apply(draft: Draft) {
    const nonce = draft.claims.get('nonce')
    if (typeof nonce !== 'string' || nonce === '') return { draft, changed: [] }
    const claims = new Map(draft.claims)
    claims.set('nonce', nonce.slice(0, -1) + (nonce.endsWith('A') ? 'B' : 'A'))
    return { draft: { ...draft, claims }, changed: ['nonce'] }
  },
}
