import type { Binding } from '../src/target/target.ts'
import { MARKER } from './probes.ts'

/** Other names under which a client might come by the token; each is tried by itself, and what it is not defined as is left out. */
const ALIASES = [
  ...['appsmith.user.accessToken', 'appsmith.user.access_token', 'appsmith.user.refreshToken', 'appsmith.store.accessToken'],
  ...['appsmith.APPSMITH_USER_OAUTH2_ACCESS_TOKEN', 'APPSMITH_USER_OAUTH2_ACCESS_TOKEN', 'process.env', 'self.env'],
]
const tried = ALIASES.map((alias) => `(() => { try { return ${alias} } catch { return null } })()`)

/**
 * Texts that the app's pages show, so that a browser reads what bindings evaluate to, as a person would. Those with the placeholder must
 * never become the token: only the server resolves it, and only in what it sends (seed: "not accessible on the client side").
 */
export const bindings: readonly Binding[] = [
  { name: 'raw-id-token', text: '{{appsmith.user.rawIdToken}}' },
  { name: 'id-token', text: '{{JSON.stringify(appsmith.user.idToken)}}' },
  { name: 'id-token-subject', text: 'Signed in as {{appsmith.user.idToken.sub}}.' },
  { name: 'placeholder', text: `Token: ${MARKER}` },
  { name: 'placeholder-in-binding', text: `{{"Token: ${MARKER}"}}` },
  { name: 'aliases', text: `{{JSON.stringify([${tried.join(', ')}])}}` },
]
