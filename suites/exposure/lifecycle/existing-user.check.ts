import { defineCheck } from '../../define.ts'
import { existingUser } from '../../gathers/local-users.ts'

export default defineCheck({
  title: 'Somebody whom the app knew before by the form has the ID Token after a sign-in at the provider',
  failureTitle: 'Somebody whom the app knew before by the form has no ID Token after a sign-in at the provider',
  fix: 'Decide by how this session began, not by how the user record was first made.',
  level: 'MUST',
  polarity: 'accept',
  clauses: ['field#user-object', 'appsmith-tokens#id-token-client-side'],
  messages: { gated: 'The app shows new users the {form} ID Token, but not {who}, who had signed up by the form before.' },
  gather: existingUser,
  judge: ({ facts: { who, forms } }) =>
    forms.filter(({ existing, fresh }) => fresh && !existing).map(({ form }) => ({ message: 'gated', data: { form, who } })),
  mutants: [
    { target: 'gates-tokens-on-login-source', trips: 'gated' },
    { target: 'gates-raw-token-on-login-source', trips: 'gated' },
  ],
})
