import { defineCheck } from '../../define.ts'
import { embedded } from '../../gathers/modes.ts'

export default defineCheck({
  title: 'In a frame of another origin the app shows the person what it declares, and otherwise nothing',
  failureTitle: 'In a frame of another origin the app shows other than it declares',
  fix: 'Name the origins that may show the app in `frame-ancestors`, on every page, or `none`.',
  level: 'POLICY',
  clauses: ['asvs#3.4.6', 'appsmith-tokens#id-token-client-side'],
  messages: {
    exposed: 'A page of another origin showed the app in a frame, with {what} of the person who is signed in.',
    withheld: 'The app declares that it may be embedded, but in the frame it showed no {what}.',
  },
  gather: embedded,
  judge: ({ facts: { declared, shown } }) => {
    const forms = { 'raw ID Token': shown.raw, 'parsed ID Token': shown.parsed, name: shown.person }
    const of = (wanted: boolean) => Object.entries(forms).flatMap(([what, there]) => (there === wanted ? what : []))
    return declared === 'refused'
      ? of(true).map((what) => ({ message: 'exposed' as const, data: { what } }))
      : of(false).map((what) => ({ message: 'withheld' as const, data: { what } }))
  },
  mutants: [
    { target: 'frameable-by-any-site', trips: 'exposed' },
    { target: 'frameable-below-app', trips: 'exposed' },
    { target: 'embeddable-without-session', trips: 'withheld' },
  ],
})
