import { NotApplicable } from '../../../src/check/gather-context.ts'
import { defineCheck } from '../../define.ts'
import { authored } from '../../gathers/disclosure.ts'
import { LEAKED, sightingsOf } from '../ownership.ts'

const leaks = sightingsOf('export/saved-config')

export default defineCheck({
  title: 'Saving a connection stores the placeholder, not its value',
  failureTitle: 'A connection that was saved no longer holds its placeholder',
  fix: 'Resolve placeholders when a query runs, on a copy; what is stored and shown again is the text that its author wrote.',
  level: 'MUST',
  clauses: ['field#shared-bearer', 'appsmith-tokens#placeholder'],
  messages: {
    ...LEAKED,
    lost: 'The connection {name} was saved with {before} at {pointer}, and then had {after} there.',
  },
  gather: authored,
  judge(evidence) {
    const { saved } = evidence.facts
    if (!saved) throw new NotApplicable('the target has no connections that a client can save')
    const changed = saved.flatMap(({ name, lost }) => lost.map((data) => ({ message: 'lost' as const, data: { name, ...data } })))
    return [...leaks(evidence), ...changed]
  },
  mutants: [
    { target: 'saving-renders-placeholders', trips: 'leaked' },
    { target: 'saving-renders-bearer', trips: 'leaked' },
    { target: 'saving-drops-bearer', trips: 'lost' },
    { target: 'saving-escapes-placeholders', trips: 'lost' },
  ],
})
