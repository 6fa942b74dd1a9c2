import type { ArmedAccount } from '../../providers/provider.ts'
import { AGENT_KINDS, AgentError } from '../agent/agent.ts'
import { type Gather, type GatherOptions, gather } from '../check/define.ts'
import type { GatherContext } from '../check/gather-context.ts'
import { TargetError } from '../target/target.ts'
import { recordText } from './context.ts'

/** What calibration saw; `refused` says nobody was signed in afterwards. */
export interface CalibrationFacts {
  login: { expected: string; subject: string | null; right: boolean }
  /** The provider answered `access_denied`; the token endpoint refused the code. */
  denied: RefusalSeen
  tokenRefused: RefusalSeen
  /** The first probe that arrived with the token; null when none did, or the target has no queries. */
  probe: string | null
  probesTried: string[]
  /** Why no probe was tried to the end, e.g. the target did not answer; null when it did. */
  probeProblem: string | null
}

export interface RefusalSeen {
  refused: boolean
  subject: string | null
  /** Why it could not be told who is signed in; null when it could. */
  problem: string | null
}

/** Whether the oracle's answer names this account, by any of its public names. */
export function isAccount(subject: string, account: ArmedAccount): boolean {
  return [account.sub ?? account.id, account.email, account.name].includes(subject)
}

const BY_ALL: GatherOptions = { calibrated: [], agents: AGENT_KINDS }

/**
 * An honest login, two logins that no app can complete, and one probe. It comes first in each run; the checks under
 * `validation/calibration` judge it.
 */
export const calibration: Gather<CalibrationFacts> = gather('calibration', null, BY_ALL, async (context) => {
  const good = await context.person('calibration')
  const identity = await context.signIn(good)
  const login = {
    expected: good.account.email,
    subject: identity?.subject ?? null,
    right: identity !== null && isAccount(identity.subject, good.account),
  }
  const tried: string[] = []
  let probe: string | null = null
  let probeProblem: string | null = null
  try {
    if (login.right && context.target.query) {
      // Any token of this login proves that the sink sees what the app sends; whether it is the right kind is for a check to say.
      const tokens = (await context.issued(good)).map((entry) => entry.value)
      for (const name of context.target.declares.probes) {
        tried.push(name)
        const { record } = await context.query(good.agent, name)
        if (record && tokens.some((token) => recordText(record).includes(token))) {
          probe = name
          break
        }
      }
    }
  } catch (error) {
    probeProblem = problemOf(error)
  }
  const [denied, tokenRefused] = await Promise.all([
    refusal(context, { authorizationError: 'access_denied' }),
    refusal(context, { tokenError: 'invalid_grant' }),
  ])
  return {
    login,
    denied,
    tokenRefused,
    probe,
    probesTried: tried,
    probeProblem,
  }
})

/** An app that fails at a refusal can still be told by what it does at an honest login. */
async function refusal(context: GatherContext, spec: { authorizationError?: string; tokenError?: string }): Promise<RefusalSeen> {
  try {
    const identity = await context.signIn(await context.person('refused', spec))
    return { refused: identity === null, subject: identity?.subject ?? null, problem: null }
  } catch (error) {
    const problem = problemOf(error)
    context.gate('observed', false, problem)
    return { refused: false, subject: null, problem }
  }
}

/** What the target did; anything else is for the harness to answer for. */
function problemOf(error: unknown): string {
  if (error instanceof AgentError || error instanceof TargetError) return error.message
  throw error
}
