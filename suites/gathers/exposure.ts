import { randomBytes } from 'node:crypto'
import type { Json } from '../../providers/provider.ts'
import { AGENT_KINDS, isBrowser } from '../../src/agent/agent.ts'
import { gather } from '../../src/check/define.ts'
import { isAccount } from '../../src/run/calibrate.ts'
import { readPointer } from '../../src/target/pointer.ts'
import { TargetError } from '../../src/target/target.ts'
import { type Claims, HOSTILE_MARK, hostileClaims, namespacedClaims, publicCanary, richClaims, unicodeClaims } from './claims.ts'
import { clientOf } from './client-page.ts'
import { liveMarkup } from './live-markup.ts'
import { decodeOrNull, type ExposedToken, readToken, signedIn, signInAndRead } from './signed-in.ts'
import { lookAround, type Shown } from './surfaces.ts'

const NEEDS_IDENTITY = { needs: ['identity'] as const }
const BY_BOTH = { needs: ['identity'] as const, agents: AGENT_KINDS }

export interface LoginFacts {
  /** The target says that it shows an ID Token, in either form. */
  expected: boolean
  token: ExposedToken | null
  /** Places in the identity document that hold a unique value of the ID Token and are not declared to. */
  undeclared: { pointer: string; claim: string }[]
  /** Claims with which the app could not be read at all, so that a login without them was looked at, and what it answered then. */
  unreadable: { claims: string[]; problem: string } | null
}

const { text_controls: _controls, ...printableClaims } = unicodeClaims
const TEXTS: readonly Claims[] = [unicodeClaims, printableClaims, {}]

/**
 * One login with claims of every type, name and alphabet. Where the app cannot be read with such text in its claims, another one without it
 * shows what it does with the rest.
 */
export const richLogin = gather('rich-login', null, BY_BOTH, async (context): Promise<LoginFacts> => {
  let problem: string | null = null
  const signInWith = async (text: Claims) => {
    const claims = { ...richClaims(), ...namespacedClaims, ...text }
    return { text, ...(await signedIn(context, 'alice', { claims })) }
  }
  const attempt = (text: Claims, rest: readonly Claims[]): ReturnType<typeof signInWith> =>
    signInWith(text).catch((error: unknown) => {
      const [next, ...others] = rest
      if (!(error instanceof TargetError) || !next) throw error
      problem ??= error.message
      return attempt(next, others)
    })
  const { text, identity, token } = await attempt(TEXTS[0]!, TEXTS.slice(1))
  const claims = Object.keys(unicodeClaims).filter((claim) => !(claim in text))
  const unreadable = problem === null ? null : { claims, problem }
  const { capabilities, policy } = context.target
  const expected = capabilities.has('parsed-id-token') || capabilities.has('raw-id-token')
  if (!identity || !token) return { expected, token: null, undeclared: [], unreadable }
  const unique = { tw_public_canary: token.issued.tw_public_canary, nonce: token.issued.nonce }
  return { expected, token, undeclared: findUndeclared(identity.document, unique, policy.declared), unreadable }
})

export interface HostileFacts {
  token: ExposedToken | null
  /** What a browser did that only a script in a claim could have set off; null where no browser looked. */
  executed: string[] | null
  /** Elements of the answer, read as a page, that would run what stands in claims. */
  live: string[]
}

/** One login whose claim values look like markup, script and templates; in a browser, whose page shows them. */
export const hostileLogin = gather('hostile-login', null, BY_BOTH, async (context): Promise<HostileFacts> => {
  const { person, identity, token } = await signedIn(context, 'alice', { claims: hostileClaims })
  const { agent } = person
  const live = liveMarkup(identity?.exchange.response?.body.toString('utf8') ?? '', `alert(${HOSTILE_MARK})`)
  if (!isBrowser(agent)) return { token, executed: null, live }
  clientOf(context)
  // Every payload opens the same dialog, and nothing else does.
  const dialogs = agent.events.filter(({ kind, text }) => kind === 'dialog' && text === `alert: ${HOSTILE_MARK}`)
  return { token, live, executed: dialogs.map(({ url }) => `a dialog at ${new URL(url).pathname}`) }
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
  /** Claims that the second sign-in changed, as client code reads them then: from the raw token where it is shown, else from the parsed one. */
  changed: { claim: string; before: Json; issued: Json; shown: Json }[]
  /** Claims that only UserInfo holds, and what stands where the target says that it shows UserInfo. */
  userinfo: { only: Claims; declared: string | null; shown: Json | undefined }
}

/**
 * The same person twice: first with the custom scope, then without it and with changed claims; UserInfo says more than the token. It is a new
 * user who had a look at the app before the first sign-in.
 */
export const relogin = gather('relogin', null, NEEDS_IDENTITY, async (context): Promise<ReloginFacts> => {
  const scope = context.target.declares.customScope
  const only = { profile: 'https://profiles.test/only-in-userinfo' }
  const spec = {
    claims: { nickname: 'first', zoneinfo: 'Europe/London' },
    userinfoClaims: only,
    ...(scope ? { scopedClaims: { [scope]: { [scope]: `${scope}-${randomBytes(6).toString('hex')}` } } } : {}),
  }
  const person = await context.person('alice', spec)
  await context.identity(person.agent)
  const first = (await signInAndRead(context, person))?.token ?? null
  if (scope && first)
    context.gate('delivered', scope in first.issued, `the app did not ask for the scope ${scope} that its description declares`)
  const again = await context.rearm(person, {
    ...spec,
    claims: { nickname: 'second', zoneinfo: 'Asia/Tokyo' },
    withholdScopes: scope ? [scope] : [],
  })
  const identity = await context.signIn(again)
  const tokens = await context.issued(person, 'id_token')
  const delivered = tokens.at(-1)
  context.gate('observed', identity !== null, 'nobody was signed in after the second login')
  const reason =
    'the second sign-in brought no new ID Token: the path of `login` has to lead to the provider also while somebody is signed in'
  context.gate('delivered', tokens.length > 1, reason)
  const second = identity && delivered ? await readToken(context, delivered, identity) : null
  const shown = (second?.raw ? decodeOrNull(second.raw.trim()) : null) ?? second?.parsed ?? {}
  const changed = ['nickname', 'zoneinfo'].map((claim) => ({
    claim,
    before: first?.issued[claim] ?? null,
    issued: second?.issued[claim] ?? null,
    shown: shown[claim] ?? null,
  }))
  const { userinfo: declared } = context.target.declares
  const userinfo = { only, declared, shown: identity && declared !== null ? readPointer(identity.document, declared) : undefined }
  return { scope, first, second, changed, userinfo }
})

export interface TogetherFacts {
  people: { label: string; own: string; subjectRight: boolean; parsedSubject: Json; sub: string; raw: string | null }[]
}

/** Two people with equal names, both signed in, then both read what they have at the same time. */
export const together = gather('together', null, BY_BOTH, async (context): Promise<TogetherFacts> => {
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
  surfaces: Shown[]
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
    const surfaces = await lookAround(context, visitor)
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
