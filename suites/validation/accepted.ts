import type { Evidence } from '../../src/check/define.ts'
import type { RefusalFacts } from '../gathers/refusal.ts'

/** A refusal means: nobody signed in, the refused token exposed nowhere, nothing of it sent to the upstream. How it looks is not judged. */
export const ACCEPTED = { accepted: 'The app {act}, although the ID Token was faulty ({tampering}).' }

export function accepted({ facts }: Evidence<RefusalFacts>) {
  return facts.attempts.flatMap(({ tampering, subject, exposed, used }) => {
    const acts = [
      ...(subject === null ? [] : [`opened a session for ${subject}`]),
      ...(exposed ? ['showed the refused token to the client'] : []),
      ...(used ? ['sent a token of the refused login to the upstream'] : []),
    ]
    return acts.length > 0 ? { message: 'accepted' as const, data: { act: acts.join(' and '), tampering } } : []
  })
}
