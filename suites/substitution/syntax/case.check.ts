import { defineCheck } from '../../define.ts'
import { literalExecutions } from '../../gathers/syntax.ts'
import { otherThanDeclared } from './declared.ts'

export default defineCheck({
  title: 'The placeholder in another case is treated as declared: it stays literal unless case does not matter',
  failureTitle: 'The placeholder in another case is treated otherwise than declared',
  fix: 'Compare names exactly; or declare that their case does not matter.',
  level: 'POLICY',
  clauses: ['appsmith-tokens#placeholder'],
  messages: {
    undeclared:
      'The app declares the case of markers as `{declared}`, but the upstream received {got} in {position}, written as {template}.',
  },
  probes: ['case'],
  gather: literalExecutions,
  judge: ({ facts }) =>
    otherThanDeclared(facts, 'case', facts.declared.case === 'any').map((data) => ({
      message: 'undeclared',
      data: { ...data, declared: facts.declared.case },
    })),
  mutants: [
    { target: 'marker-case-ignored', trips: 'undeclared' },
    { target: 'marker-lower-case-too', trips: 'undeclared' },
  ],
})
