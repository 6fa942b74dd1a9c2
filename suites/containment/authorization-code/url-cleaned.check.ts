import { NotApplicable } from '../../../src/check/gather-context.ts'
import { defineCheck } from '../../define.ts'
import { tour } from '../../gathers/containment.ts'

export default defineCheck({
  title: 'After sign-in, code and state are gone from the address, and the page at the redirect URI calls no other origin',
  failureTitle: 'The authorization response stays in reach of scripts, histories or other origins',
  fix: 'Answer the callback with a redirect to an address without parameters of the authorization response.',
  level: 'SHOULD',
  clauses: ['rfc9700#4.2.4'],
  messages: {
    kept: 'The browser came to rest at an address that still has {names} of the authorization response.',
    elsewhere: 'The page at the redirect URI made the browser load {url}.',
  },
  under: ['bff', 'token-mediating'],
  gather: tour,
  judge({ facts }) {
    const callbacks = facts.people.flatMap(({ callback }) => callback ?? [])
    if (callbacks.length === 0) throw new NotApplicable('no authorization code came back through the browser')
    return callbacks.flatMap(({ kept, elsewhere }) => [
      ...(kept.length > 0 ? [{ message: 'kept' as const, data: { names: kept.join(' and ') } }] : []),
      ...elsewhere.map((url) => ({ message: 'elsewhere' as const, data: { url } })),
    ])
  },
  mutants: [
    { target: 'app-at-callback', trips: 'kept' },
    { target: 'app-at-callback-for-a-while', trips: 'kept' },
    { target: 'authorization-code-in-landing', trips: 'kept' },
    { target: 'pixel-at-callback', trips: 'elsewhere' },
  ],
})
