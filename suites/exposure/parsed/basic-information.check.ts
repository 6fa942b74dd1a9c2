import { defineCheck } from '../../define.ts'
import { richLogin } from '../../gathers/exposure.ts'
import { BASIC, differences } from './differences.ts'

export default defineCheck({
  title: 'Name, picture and e-mail address are in the parsed ID Token as they were issued',
  failureTitle: 'Name, picture or e-mail address are missing in the parsed ID Token, or changed',
  fix: 'Show these claims as the ID Token holds them; what the app makes of them for its own user record belongs elsewhere.',
  level: 'MUST',
  polarity: 'accept',
  clauses: ['appsmith-tokens#basic-information', 'oidc-core#5.1'],
  messages: {
    missing: 'The app shows the parsed ID Token without {claim}, which was issued.',
    changed: 'The app shows {claim} as {seen}; issued was {issued}.',
  },
  needs: ['parsed-id-token'],
  gather: richLogin,
  judge: ({ facts }) =>
    differences(facts, (claim, kind) => BASIC.has(claim) && kind !== 'extra').map(({ kind, ...data }) =>
      kind === 'missing' ? { message: 'missing', data: { claim: data.claim } } : { message: 'changed', data },
    ),
  mutants: [
    { target: 'drops-picture-claim', trips: 'missing' },
    { target: 'lowercases-email-claim', trips: 'changed' },
    { target: 'name-claim-from-email', trips: 'changed' },
  ],
})
