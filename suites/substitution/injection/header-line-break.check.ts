import { defineCheck } from '../../define.ts'
import { lineBreaks } from '../../gathers/injection.ts'

export default defineCheck({
  title: 'A line break in an input or a claim does not become a header of its own',
  failureTitle: 'A line break in an input or a claim splits a request header',
  fix: 'Refuse header values with CR, LF or NUL, or replace these by a blank; encode values before they are written as bytes.',
  level: 'MUST',
  clauses: ['rfc9110#5.5', 'cwe#113'],
  messages: { split: 'The text after {lineBreak} in {source} arrived at the upstream as a header of its own.' },
  gather: lineBreaks,
  judge: ({ facts }) =>
    facts.calls
      .filter(({ injected }) => injected)
      .map(({ source, lineBreak }) => ({ message: 'split', data: { source, lineBreak } })),
  mutants: [
    { target: 'splits-headers-at-line-breaks', trips: 'split' },
    { target: 'splits-headers-at-lone-line-feeds', trips: 'split' },
    { target: 'writes-headers-as-latin1', trips: 'split' },
    { target: 'strips-line-breaks-of-inputs-only', trips: 'split' },
  ],
})
