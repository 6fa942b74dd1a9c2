import { defineCheck } from '../../define.ts'
import { roles } from '../../gathers/modes.ts'

export default defineCheck({
  title: 'Viewer and editor each see only their own ID Token, in every mode',
  failureTitle: "A viewer or an editor sees the other's ID Token",
  fix: 'Publish the application without the profile of who published it; put the profile of the requesting session into each answer.',
  level: 'MUST',
  clauses: ['appsmith-tokens#id-token-client-side', 'field#last-user'],
  messages: { foreign: 'In {mode} mode the app showed {label} the ID Token of {owner}.' },
  gather: roles,
  judge: ({ facts }) =>
    facts.seen.flatMap(({ label, sub, mode, raw, subject }) => {
      const account = /⟦id_token ([^#⟧]+)#/.exec(raw ?? '')?.[1] ?? label
      const owner = account !== label ? account : subject !== null && subject !== sub ? subject : null
      return owner === null ? [] : [{ message: 'foreign', data: { mode, label, owner } }]
    }),
  mutants: [
    { target: 'view-document-with-tokens-of-last-editor', trips: 'foreign' },
    { target: 'edit-document-with-tokens-of-last-viewer', trips: 'foreign' },
  ],
})
