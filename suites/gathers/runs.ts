import { gather } from '../../src/check/define.ts'
import type { Mode } from '../../src/target/target.ts'
import { sentIn } from './sent.ts'
import { signedIn } from './signed-in.ts'
import { requireToken } from './substitution.ts'

export interface RunFacts {
  /** What arrived where the placeholder stands; null when nothing reached the sink. */
  runs: { who: string; mode: Mode; probe: string; outcome: string; got: string | null }[]
}

/** Where the placeholder stands in each of them. */
const PROBES = { 'header-authorization': 'authorization', 'header-custom': 'x-access-token' } as const

/** A viewer runs queries in the deployed app; an editor runs them as a test, where the target has an editor, and then in the deployed app. */
export const runs = gather(
  'runs',
  null,
  { needs: ['identity', 'query'], probes: ['header-authorization'], calibrated: ['login', 'probe'] },
  async (context): Promise<RunFacts> => {
    const viewer = await signedIn(context, 'viewer')
    // That a published query is resolved at all is for `substitution/placement` to judge.
    const resolved: [probe: string, header: string][] = []
    for (const [probe, header] of Object.entries(PROBES).filter(([name]) => context.supports(name))) {
      const { record } = await context.query(viewer.person.agent, probe)
      if (probe === 'header-authorization') requireToken(context, record)
      const sent = sentIn(context, record, header)
      if (sent && !sent.includes(context.target.spelling.marker.text)) resolved.push([probe, header])
    }
    const editor = await signedIn(context, 'editor', { role: 'editor' })
    const edits = context.target.capabilities.has('edit-mode')
    const runs: RunFacts['runs'] = []
    for (const mode of edits ? (['edit', 'deployed'] as const) : (['deployed'] as const)) {
      for (const [probe, header] of resolved) {
        const { outcome, record } = await context.query(editor.person.agent, probe, { mode: mode === 'edit' ? 'edit' : 'view' })
        const got = sentIn(context, record, header)
        context.gate('observed', outcome !== 'refused', `${probe} was refused to ${editor.person.account.label} in ${mode} mode`)
        runs.push({ who: editor.person.account.label, mode, probe, outcome, got })
      }
    }
    return { runs }
  },
)

/** Runs of that mode that carried no token. */
export function unresolvedIn(mode: Mode, { runs }: RunFacts) {
  return runs
    .filter((run) => run.mode === mode && run.outcome !== 'refused' && !run.got?.includes('⟦'))
    .map(({ who, probe, got }) => ({ message: 'unresolved' as const, data: { who, probe, got: got ?? 'nothing' } }))
}
