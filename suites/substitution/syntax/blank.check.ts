import { defineCheck } from '../../define.ts'
import { literalExecutions } from '../../gathers/syntax.ts'
import { otherThanDeclared } from './declared.ts'

export default defineCheck({
  title: 'A blank inside the brackets of the placeholder is treated as declared',
  failureTitle: 'A blank inside the brackets of the placeholder is treated otherwise than declared',
  fix: 'Trim the name between the brackets on both sides; or declare that blanks make it another name.',
  level: 'POLICY',
  clauses: ['appsmith-tokens#placeholder', 'field#marker-blank'],
  messages: {
    undeclared:
      'The app declares blanks inside a marker as `{declared}`, but the upstream received {got} in {position}, written as {template}.',
  },
  probes: ['blank'],
  gather: literalExecutions,
  judge: ({ facts }) =>
    otherThanDeclared(facts, 'blank', facts.declared.blanks === 'trimmed').map((data) => ({
      message: 'undeclared',
      data: { ...data, declared: facts.declared.blanks },
    })),
  mutants: [
    { target: 'marker-blanks-not-trimmed', trips: 'undeclared' },
    { target: 'marker-trims-trailing-blank-only', trips: 'undeclared' },
  ],
})
