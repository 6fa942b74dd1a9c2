import { defineCheck } from '../../define.ts'
import { claimInput } from '../../gathers/substitution.ts'
import { resolved } from './resolved.ts'

export default defineCheck({
  fix: 'Render placeholders on the stored template first, bind client values after that, and never scan the result again.',
  level: 'MUST',
  clauses: ['rfc8725#3.10', 'appsmith-tokens#placeholder'],
  title: 'A placeholder inside a claim value stays literal',
  failureTitle: 'A placeholder inside a claim value becomes a token',
  messages: {
    resolved: 'The upstream received a token in {position}, where a claim holds the placeholder as text.',
    shown: 'The app showed the client a token in a claim that holds the placeholder as text.',
  },
  gather: claimInput,
  judge: ({ facts }) => [...resolved(facts), ...(facts.profile?.includes('⟦') ? [{ message: 'shown' as const }] : [])],
  mutants: [
    { target: 'renders-claims-in-profile', trips: 'shown' },
    { target: 'rescans-claim-params', trips: 'resolved' },
  ],
})
