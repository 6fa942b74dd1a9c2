import { gather } from '../../src/check/define.ts'
import { headerOf } from '../../src/check/positions.ts'
import { MARKER } from '../probes.ts'
import { signedIn } from './signed-in.ts'
import { requireToken, type UnresolvedFacts } from './substitution.ts'

/**
 * A machine runs a probe by its key, while people are signed in who ran the same probe before: one who signed in first, an editor who tried it
 * in the editor, where the app has one, and one who signed in last.
 */
export const serviceCall = gather(
  'service-call',
  null,
  { needs: ['query', 'service-call'], probes: ['service'], calibrated: ['login', 'probe'] },
  async (context): Promise<UnresolvedFacts> => {
    const modes = context.target.capabilities.has('edit-mode') ? (['view', 'edit'] as const) : (['view'] as const)
    const people = []
    for (const [i, mode] of [...modes, 'view' as const].entries()) {
      const { person } = await signedIn(context, ['alice', 'bob', 'carol'][i]!, mode === 'edit' ? { role: 'editor' } : {})
      requireToken(context, (await context.query(person.agent, 'service', { mode })).record)
      people.push(person)
    }
    const { outcome, record } = await context.serviceCall(context.visitor('service'), 'service')
    const still = await Promise.all(people.map(({ agent }) => context.identity(agent)))
    context.gate('observed', !still.includes(null), 'nobody was signed in beside the service')
    context.gate(
      'observed',
      record !== null || outcome !== 'executed',
      'the app says that it made the call, but nothing arrived at the sink',
    )
    return {
      declared: context.target.declares.unresolved,
      outcome,
      template: context.target.spelling.write(`Bearer ${MARKER}`),
      got: record && headerOf(record, 'authorization'),
    }
  },
)
