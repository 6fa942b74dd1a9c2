import { gather } from '../../src/check/define.ts'
import { type GatherContext, type LocalPerson, NotApplicable, type Person } from '../../src/check/gather-context.ts'
import { headerOf } from '../../src/check/positions.ts'
import { isAccount } from '../../src/run/calibrate.ts'
import { MARKER } from '../probes.ts'
import { publicCanary } from './claims.ts'
import { needsIdToken, signedIn } from './signed-in.ts'
import { requireToken, type UnresolvedFacts } from './substitution.ts'
import { lookAround, type Shown } from './surfaces.ts'

export interface LocalUserFacts {
  users: {
    who: string
    /** The oracle's own answer is the first. */
    seen: Shown[]
    /** Surfaces that show a claim of somebody's ID Token. */
    claims: string[]
  }[]
}

/** Local users look around while people are signed in who came through the provider, one of them with the address of a local user. */
export const localUsers = gather(
  'local-users',
  null,
  { needs: ['identity', 'form-login'] },
  async (context): Promise<LocalUserFacts> => {
    const claims = { tw_public_canary: publicCanary() }
    const { locals } = await localBesideOthers(context, claims)
    const users: LocalUserFacts['users'] = []
    for (const { who, person } of locals) {
      const identity = await context.identity(person.agent)
      // An app may end the session of a local user whose address then comes through the provider.
      if (identity === null && who !== PLAIN) continue
      context.gate('observed', identity !== null, 'the local user was no longer signed in')
      const own = { name: 'the profile', status: 200, body: identity?.exchange.response?.body.toString('utf8') ?? '' }
      const seen = [own, ...(await lookAround(context, person.agent))]
      const shows = seen.filter(({ body }) => body.includes(claims.tw_public_canary)).map(({ name }) => name)
      users.push({ who, seen, claims: shows })
    }
    return { users }
  },
)

export interface LocalQueryFacts {
  calls: (UnresolvedFacts & { who: string })[]
}

const PROBE = 'header-authorization'

/** Somebody who came through the provider runs a query, and after that the local users do. */
export const localUserQueries = gather(
  'local-user-queries',
  null,
  { needs: ['identity', 'query', 'form-login'], probes: [PROBE], calibrated: ['login', 'probe'] },
  async (context): Promise<LocalQueryFacts> => {
    const { locals, others } = await localBesideOthers(context, {})
    for (const { agent } of others) requireToken(context, (await context.query(agent, PROBE)).record)
    const calls: LocalQueryFacts['calls'] = []
    for (const { who, person } of locals) {
      if ((await context.identity(person.agent)) === null && who !== PLAIN) continue
      const { outcome, record } = await context.query(person.agent, PROBE)
      const got = record && headerOf(record, 'authorization')
      calls.push({
        who,
        declared: context.target.declares.unresolved,
        outcome,
        template: context.target.spelling.write(`Bearer ${MARKER}`),
        got,
      })
    }
    return { calls }
  },
)

const PLAIN = 'a local user'

/** Local users, and people signed in who came through the provider. Where the app lets anybody sign up, one address is of both kinds. */
async function localBesideOthers(context: GatherContext, claims: Record<string, string>) {
  const plain = { who: PLAIN, person: context.localPerson('local') }
  const locals = [plain]
  const identity = await context.signInLocally(plain.person)
  context.gate('observed', identity !== null, 'the local user was not signed in')
  const bob = await signedIn(context, 'bob', { claims })
  const others: Person[] = [bob.person]
  if (context.target.capabilities.has('sign-up')) {
    const alice = await context.person('alice', { claims })
    locals.push({ who: `a local user with the address of ${alice.account.label}`, person: await signUpAs(context, alice) })
    // An app may refuse her: whether addresses are merged is not at stake here.
    const signedInAlice = await context.signIn(alice)
    if (signedInAlice !== null && isAccount(signedInAlice.subject, alice.account)) others.push(alice)
  }
  return { locals, others }
}

/** Somebody signs up by the form with the address that this person has at the provider. */
async function signUpAs(context: GatherContext, person: Person): Promise<LocalPerson> {
  const local = context.localPerson('local-namesake', person.account.email)
  const identity = await context.signInLocally(local)
  context.gate('observed', identity !== null, 'nobody was signed in after signing up by the form')
  return local
}

export interface ExistingUserFacts {
  who: string
  /** Whether the ID Token was there: for somebody whom the app knew by the form already, and for somebody new. */
  forms: { form: 'parsed' | 'raw'; existing: boolean; fresh: boolean }[]
}

/** A user signs up by the form, and later comes through the provider with the same address; so does somebody whom the app did not know. */
export const existingUser = gather(
  'existing-user',
  null,
  { needs: ['identity', 'form-login', 'sign-up'] },
  async (context): Promise<ExistingUserFacts> => {
    needsIdToken(context)
    const fresh = await signedIn(context, 'bob')
    const alice = await context.person('alice')
    await signUpAs(context, alice)
    const identity = await context.signIn(alice)
    if (identity === null || !isAccount(identity.subject, alice.account))
      throw new NotApplicable('the app signs in nobody through the provider whose address a local user has')
    context.gate('observed', fresh.token !== null, 'nobody was signed in after an honest login')
    const empty = (claims: object | null | undefined) => claims == null || Object.keys(claims).length === 0
    return {
      who: alice.account.label,
      forms: [
        { form: 'parsed', existing: !empty(identity.idToken), fresh: !empty(fresh.token?.parsed) },
        { form: 'raw', existing: identity.rawIdToken !== null, fresh: fresh.token?.raw != null },
      ],
    }
  },
)
