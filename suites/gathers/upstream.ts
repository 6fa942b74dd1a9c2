import { AgentError } from '../../src/agent/agent.ts'
import { gather } from '../../src/check/define.ts'
import { type GatherContext, NotApplicable } from '../../src/check/gather-context.ts'
import { signedIn } from './signed-in.ts'

/** Each way in which an upstream can fail. */
const FAILURES = ['error-5xx', 'error-4xx', 'error-timeout', 'error-closed', 'error-dns', 'error-tls']

export interface FailureFacts {
  failures: { probe: string; outcome: string; arrived: boolean }[]
}

/** A viewer runs queries whose upstream answers an error, or does not answer at all. */
export const upstreamFailures = gather(
  'upstream-failures',
  null,
  { needs: ['query'], calibrated: ['login', 'probe'], waits: true },
  async (context): Promise<FailureFacts> => {
    const { person } = await signedIn(context, 'viewer', { accessToken: { format: 'opaque', alphabet: 'full' } })
    const probes = FAILURES.filter((name) => context.supports(name) && (name !== 'error-tls' || speaksNoTls(context)))
    const failures = await Promise.all(
      probes.map(async (probe) => {
        const inputs = probe === 'error-tls' ? { url: context.issuer.replace(/^http:/, 'https:') } : {}
        const observed = await context.query(person.agent, probe, { inputs }).catch(unanswered)
        // Who gets no answer at all is shown nothing; whether the call was made only the sink can tell.
        const arrived = observed ? observed.record !== null : (await context.arrivals(probe)).length > 0
        const outcome = observed?.outcome ?? 'unanswered'
        // Refusing to call an unknown host, or a port without TLS, is a right answer that has nothing to tell.
        const tried = arrived || outcome === 'failed' || probe === 'error-dns' || probe === 'error-tls'
        context.gate('observed', tried, `${probe} was ${outcome}, so no failure was seen`)
        return { probe, outcome, arrived }
      }),
    )
    context.gate('observed', failures.length > 0, 'the target supports none of these probes')
    return { failures }
  },
)

/** An app that closes its connection because the upstream closed its own: its client may try again. */
function unanswered(error: unknown): null {
  if (error instanceof AgentError && error.code === 'closed') return null
  throw error
}

function speaksNoTls({ issuer, supports }: GatherContext): boolean {
  return issuer.startsWith('http:') && supports('error-tls')
}

export interface ReflectionFacts {
  declared: 'redact' | 'document'
}

/** A viewer runs a query whose upstream sends back what it got. */
export const reflection = gather(
  'reflection',
  null,
  { needs: ['query'], probes: ['reflected'] },
  async (context): Promise<ReflectionFacts> => {
    const { person } = await signedIn(context, 'viewer', { accessToken: { format: 'opaque', alphabet: 'full' } })
    const { exchange, record } = await context.query(person.agent, 'reflected')
    const shown = exchange.response?.body.includes('reflected as it was sent') === true
    context.gate('delivered', record !== null || shown, 'the query did not reach the sink')
    if (!shown) throw new NotApplicable("the app does not pass on its upstream's answers")
    return { declared: context.target.declares.reflection }
  },
)
