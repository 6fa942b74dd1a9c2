import type { Evidence } from '../../../src/check/define.ts'
import { defineCheck } from '../../define.ts'
import { type ReflectionFacts, reflection } from '../../gathers/upstream.ts'
import { LEAKED, sightingsOf } from '../ownership.ts'

const reflected = sightingsOf('echo/upstream-reflects')

export default defineCheck({
  title: 'A token that an upstream sends back reaches the client only if the target says so',
  failureTitle: 'The target says that it redacts reflected tokens, and an upstream that reflects its request returns one',
  fix: "Search the upstream's answer for the value that was substituted, or document that such an upstream must not be called.",
  level: 'POLICY',
  clauses: ['appsmith-tokens#access-token-server-side'],
  messages: LEAKED,
  under: ['bff'],
  gather: reflection,
  judge: (evidence) => (evidence.facts.declared === 'redact' ? reflected(evidence) : []),
  notes: (evidence: Evidence<ReflectionFacts>) =>
    evidence.facts.declared === 'document' && reflected(evidence).length > 0
      ? ['As documented, an upstream that reflects its request returns the access token to the client.']
      : [],
  mutants: [
    { target: 'passes-reflections-on', trips: 'leaked' },
    { target: 'redacts-bearer-reflections', trips: 'leaked' },
  ],
})
