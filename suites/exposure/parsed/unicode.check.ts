import { defineCheck } from '../../define.ts'
import { unicodeClaims } from '../../gathers/claims.ts'
import { richLogin } from '../../gathers/exposure.ts'
import { differences } from './differences.ts'

export default defineCheck({
  title: 'Non-Latin, right-to-left, astral, combining and control characters survive',
  failureTitle: 'Text of claims is damaged on its way to the client',
  fix: 'Decode the payload as UTF-8 and write JSON as UTF-8; normalise nothing.',
  level: 'MUST',
  polarity: 'accept',
  clauses: ['rfc8259#8.1', 'appsmith-tokens#id-token-client-side'],
  messages: {
    damaged: 'The app shows claim {claim} as {seen}; issued was {issued}.',
    unreadable: 'With {claims} among the claims nothing of the person could be read any more: {problem}.',
  },
  needs: ['parsed-id-token'],
  gather: richLogin,
  judge: ({ facts }) => [
    ...differences(facts, (claim) => claim in unicodeClaims).map((data) => ({ message: 'damaged' as const, data: { ...data } })),
    ...(facts.unreadable
      ? [
          {
            message: 'unreadable' as const,
            data: { claims: facts.unreadable.claims.join(', '), problem: facts.unreadable.problem.replace(/\.$/, '') },
          },
        ]
      : []),
  ],
  mutants: [
    { target: 'decodes-payload-as-latin1', trips: 'damaged' },
    { target: 'strips-astral-characters', trips: 'damaged' },
    { target: 'breaks-on-control-characters', trips: 'unreadable' },
  ],
})
