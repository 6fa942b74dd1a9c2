import { defineCheck } from '../../define.ts'
import { besideBindings } from '../../gathers/syntax.ts'

const count = (text: string, part: string) => text.split(part).length - 1

export default defineCheck({
  title: 'What was substituted is not scanned again: a placeholder in a value beside a real one stays literal',
  failureTitle: 'What was substituted is scanned again, and a placeholder in a value becomes a token',
  fix: 'Render in one pass over the stored template; never repeat it on the result.',
  level: 'MUST',
  clauses: ['cwe#1336', 'appsmith-tokens#placeholder'],
  messages: {
    resolved:
      'The upstream received {tokens} tokens in {position}, where the author wrote {own} placeholders and a user typed others.',
  },
  gather: besideBindings,
  judge: ({ facts }) =>
    facts.runs
      .filter(({ bound }) => bound === 'marker')
      .flatMap(({ positions }) => positions)
      .map(({ position, template, got }) => ({
        position,
        own: count(template, facts.marker.text),
        tokens: count(got ?? '', '⟦'),
      }))
      .filter(({ own, tokens }) => tokens > own)
      .map((data) => ({ message: 'resolved', data })),
  mutants: [
    { target: 'renders-rendered-text-again', trips: 'resolved' },
    { target: 'renders-rendered-json-again', trips: 'resolved' },
  ],
})
