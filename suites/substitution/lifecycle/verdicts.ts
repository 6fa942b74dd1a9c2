import type { Story, TokenCall } from '../../gathers/refresh-story.ts'

/** Nothing arrived, or no token of anybody: another kind of token, or another person's, is for other checks to report. */
export function withoutToken({ got }: TokenCall): boolean {
  return got === null || !got.includes('⟦')
}

export const ENDED = {
  crashed:
    'The app answered {status} to {url}, because it could not refresh the access token; an end of the session is no failure.',
  lingers: 'The app says that the person is still signed in, and ran the query with {got} in place of the token.',
  locked: 'The session has ended, but the same person cannot sign in again with the same browser.',
}

/** How a session must end that cannot be refreshed: without 5xx, not by halves, and with a way back. One finding, the plainest. */
export function ended({ crashes, calls, signedIn, again }: Story & { again: boolean }) {
  const [crash] = crashes
  if (crash) return [{ message: 'crashed' as const, data: { ...crash } }]
  const half = calls.find((call) => call.outcome === 'executed' && withoutToken(call))
  if (signedIn && half) return [{ message: 'lingers' as const, data: { got: half.got ?? 'nothing' } }]
  return again ? [] : [{ message: 'locked' as const }]
}
