import type { Evidence } from '../../src/check/define.ts'
import type { RefusalFacts } from '../gathers/refusal.ts'

/**
 * A refusal means: nobody signed in, the refused token exposed nowhere, nothing of it sent to the upstream. How it looks is not judged; and where
 * nobody was signed in, what became of the tokens is for `exposure/refused-login`, `containment/access-token/before-validation` and
 * `substitution/refused-login` to judge.
 */
export const ACCEPTED = { accepted: 'The app {act}, although the ID Token was faulty ({tampering}).' }

export function accepted({ facts }: Evidence<RefusalFacts>) {
  return facts.attempts.flatMap(({ tampering, subject, exposed, used }) => {
    if (subject === null) return []
    const acts = [
      `opened a session for ${subject}`,
      ...(exposed.length > 0 ? ['showed the refused token to the client'] : []),
      ...(used ? ['sent a token of the refused login to the upstream'] : []),
    ]
    return { message: 'accepted' as const, data: { act: acts.join(' and '), tampering } }
  })
}
