import { type ArmedAccount, ticketCookie } from '../../providers/provider.ts'
import type { Agent } from '../agent/agent.ts'

/** Puts an account's one-time ticket where its issuer looks for it. `lab` is the first issuer: both are on its host. */
export function presentTicket(agent: Agent, lab: string, { ticket, issuer }: ArmedAccount): void {
  agent.setCookie(lab, `${ticketCookie(issuer)}=${ticket}; Path=/; HttpOnly; SameSite=Lax`)
}
