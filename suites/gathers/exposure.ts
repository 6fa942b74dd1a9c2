import { randomBytes } from 'node:crypto'
import type { Json } from '../../providers/provider.ts'
import { gather } from '../../src/check/define.ts'
import { isAccount } from '../../src/run/calibrate.ts'
import { readPointer } from '../../src/target/pointer.ts'
import { type Claims, hostileClaims, namespacedClaims, publicCanary, richClaims, unicodeClaims } from './claims.ts'
import { type ExposedToken, readToken, signedIn } from './signed-in.ts'

/** Of a body that a judge reads: more than the profile of somebody with an ID Token of 64 KB has. */
const MOST_CHARACTERS = 512 * 1024

const NEEDS_IDENTITY = { needs: ['identity'] as const }

export interface LoginFacts {
  token: ExposedToken | null
  /** Places in the identity document that hold a unique value of the ID Token and are not declared to. */
  undeclared: { pointer: string; claim: string }[]
}

/** One login with claims of every type, name and alphabet. */
export const richLogin = gather('rich-login', null, NEEDS_IDENTITY, async (context): Promise<LoginFacts> => {
  const claims = { ...richClaims(), ...namespacedClaims, ...unicodeClaims }
  const { identity, token } = await signedIn(context, 'alice', { claims })
  if (!identity || !token) return { token: null, undeclared: [] }
  const unique = { tw_public_canary: token.issued.tw_public_canary, nonce: token.issued.nonce }
  return { token, undeclared: findUndeclared(identity.document, unique, context.target.policy.declared) }
})

/** One login whose claim values look like markup, script and templates. */
export const hostileLogin = gather('hostile-login', null, NEEDS_IDENTITY, async (context) => {
  const { token } = await signedIn(context, 'alice', { claims: hostileClaims })
  return { token }
})

export interface ProtoFacts {
  /** The delivered JWT's own bytes hold the hostile names. */
  delivered: boolean
  /** Where the values of `__proto__` and its kind surfaced outside the ID Token, at whom. */
  polluted: { who: string; pointer: string }[]
}

/** One login with claims named after object internals, then an honest one by somebody else. */
export const protoLogin = gather('proto-login', null, NEEDS_IDENTITY, async (context): Promise<ProtoFacts> => {
  const canary = publicCanary()
  const polluted = { tw_polluted: canary }
  const text = JSON.stringify({ constructor: { prototype: polluted }, toString: canary })
  const rawClaims = `{"__proto__":${JSON.stringify(polluted)},${text.slice(1)}`
  const first = await signedIn(context, 'alice', { rawClaims })
  const second = await signedIn(context, 'bob')
  const payload = Buffer.from(first.token?.issuedRaw.split('.')[1] ?? '', 'base64url').toString('utf8')
  const allowed = context.target.policy.declared
  const look = (who: string, document: Json | undefined) =>
    findUndeclared(document ?? null, { canary }, allowed).map(({ pointer }) => ({ who, pointer }))
  return {
    delivered: payload.includes('"__proto__"') && payload.includes(canary),
    polluted: [
      ...look('the person who signed in with it', first.identity?.document),
      ...look('somebody else', second.identity?.document),
    ],
  }
})

export interface ReloginFacts {
  scope: string | null
  first: ExposedToken | null
  second: ExposedToken | null
  /** Claims that only UserInfo holds, and what stands where the target says that it shows UserInfo. */
  userinfo: { only: Claims; declared: string | null; shown: Json | undefined }
}

/** The same person twice: first with the custom scope, then without it and with changed claims; UserInfo says more than the token. */
export const relogin = gather('relogin', null, NEEDS_IDENTITY, async (context): Promise<ReloginFacts> => {
  const scope = context.target.declares.customScope
  const only = { profile: 'https://profiles.test/only-in-userinfo' }
  const spec = {
    claims: { nickname: 'first', zoneinfo: 'Europe/London' },
    userinfoClaims: only,
    ...(scope ? { scopedClaims: { [scope]: { [scope]: `${scope}-${randomBytes(6).toString('hex')}` } } } : {}),
  }
  const { person, token: first } = await signedIn(context, 'alice', spec)
  if (scope && first)
    context.gate('delivered', scope in first.issued, `the app did not ask for the scope ${scope} that its description declares`)
  const again = await context.rearm(person, {
    ...spec,
    claims: { nickname: 'second', zoneinfo: 'Asia/Tokyo' },
    withholdScopes: scope ? [scope] : [],
  })
  const identity = await context.signIn(again)
  const delivered = (await context.issued(person, 'id_token')).at(-1)
  context.gate('observed', identity !== null, 'nobody was signed in after the second login')
  const declared = context.target.declares.userinfo
  const shown = identity && declared !== null ? readPointer(identity.document, declared) : undefined
  const second = identity && delivered ? await readToken(context, delivered, identity) : null
  return { scope, first, second, userinfo: { only, declared, shown } }
})

export interface TogetherFacts {
  people: { label: string; own: string; subjectRight: boolean; parsedSubject: Json; sub: string; raw: string | null }[]
}

/** Two people with equal names, both signed in, then both read what they have at the same time. */
export const together = gather('together', null, NEEDS_IDENTITY, async (context): Promise<TogetherFacts> => {
  const claims: Claims = { name: 'Same Name', family_name: `Same-${randomBytes(4).toString('hex')}` }
  const alice = await signedIn(context, 'alice', { claims })
  const bob = await signedIn(context, 'bob', { claims })
  const people = await Promise.all(
    [alice, bob, alice].map(async ({ person, token }) => {
      const identity = await context.identity(person.agent)
      context.gate('observed', identity !== null, `${person.account.label} was no longer signed in`)
      return {
        label: person.account.label,
        own: token?.issuedRaw ?? '',
        subjectRight: identity !== null && isAccount(identity.subject, person.account),
        parsedSubject: identity?.idToken?.sub ?? null,
        sub: person.account.id,
        raw: identity?.rawIdToken ?? null,
      }
    }),
  )
  return { people }
})

export interface VisitorFacts {
  surfaces: { name: string; status: number; body: string }[]
}

/** Everything an anonymous visitor sees while somebody is signed in. */
export const visitorBesideUser = gather(
  'visitor-beside-user',
  null,
  { needs: ['identity', 'anonymous'] },
  async (context): Promise<VisitorFacts> => {
    const alice = await signedIn(context, 'alice')
    const visitor = context.visitor('visitor')
    const identity = await context.identity(visitor)
    const surfaces: VisitorFacts['surfaces'] = []
    for (const { name, path, kind, owner } of context.target.surfaces) {
      const url = context.target.baseUrl + path
      const visit =
        kind === 'page' ? visitor.navigate(url, { surface: name, owner }) : visitor.request(url, { surface: name, owner })
      const { response } = await visit
      surfaces.push({
        name,
        status: response?.status ?? 0,
        body: response?.body.toString('utf8').slice(0, MOST_CHARACTERS) ?? '',
      })
    }
    const still = await context.identity(alice.person.agent)
    context.gate('observed', identity === null, 'the oracle names somebody for a visitor who never signed in')
    context.gate('observed', still !== null, 'nobody was signed in beside the visitor')
    return { surfaces }
  },
)

/** JSON pointers of strings that contain one of the unique values, outside the declared places. */
function findUndeclared(
  document: Json,
  unique: Record<string, Json | undefined>,
  declared: readonly string[],
  pointer = '',
): LoginFacts['undeclared'] {
  if (declared.some((place) => pointer === place || pointer.startsWith(`${place}/`))) return []
  if (typeof document === 'string') {
    const claim = Object.entries(unique).find(([, value]) => typeof value === 'string' && document.includes(value))
    return claim ? [{ pointer, claim: claim[0] }] : []
  }
  if (typeof document !== 'object' || document === null) return []
  return Object.entries(document).flatMap(([name, child]) =>
    findUndeclared(child, unique, declared, `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  )
}
