import type { AccountSpec, ArmedAccount, IssuerName, Json } from '../provider.ts'
import { LabError } from './errors.ts'
import { randomText, randomWord } from './random.ts'
import { parseSpec } from './spec.ts'

/** One armed login: who signs in, and what is issued to them. Immutable. */
export interface Scenario {
  account: ArmedAccount
  spec: AccountSpec
}

/** Who may sign in at one issuer, and which scenario belongs to which transaction. */
export interface Scenarios {
  arm(spec: AccountSpec): ArmedAccount
  rearm(accountId: string, spec: AccountSpec): ArmedAccount
  isAccount(id: string): boolean
  /** What the issuer calls the account of this id. */
  subject(id: string): string
  isLive(ticket: string): boolean
  /** Gives the scenario of a live ticket and uses the ticket up. */
  redeem(ticket: string): Scenario | undefined
  /** A provider session keeps the scenario that opened it, for single sign-on without a ticket. */
  bindSession(uid: string, scenario: Scenario): void
  ofSession(uid: string): Scenario | undefined
  /** A grant is one transaction; its tokens keep their scenario whatever is armed later. */
  bindGrant(grantId: string, scenario: Scenario): void
  ofGrant(grantId: string | undefined): Scenario | undefined
}

type Person = Omit<ArmedAccount, 'ticket' | 'ticketUrl'>

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)
const textClaim = (spec: AccountSpec, name: string): string | undefined => {
  const value: Json | undefined = spec.claims?.[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** Email and name are what the claims say, where they say it. */
const named = (person: Person, spec: AccountSpec): Person => ({
  ...person,
  email: textClaim(spec, 'email') ?? person.email,
  name: textClaim(spec, 'name') ?? person.name,
})

/** Names at the second issuer end in this, which no spec can ask for at the first: so they are unique in the whole lab. */
const SECOND = '.second'

export function createScenarios(issuer: { name: IssuerName; url: string }, onTicket: (account: ArmedAccount) => void): Scenarios {
  const second = issuer.name === 'second'
  const ending = second ? SECOND : ''
  const people = new Map<string, Person>()
  const live = new Map<string, Scenario>()
  const sessions = new Map<string, Scenario>()
  const grants = new Map<string, Scenario>()

  function issueTicket(person: Person, spec: AccountSpec): ArmedAccount {
    const ticket = randomText()
    const account = {
      ...named(person, spec),
      ticket,
      ticketUrl: `${issuer.url}/ticket/${ticket}`,
    }
    live.set(ticket, { account, spec })
    onTicket(account)
    return account
  }

  return {
    arm(input) {
      const spec = parseSpec(input)
      const label = spec.label ?? 'alice'
      let id = ''
      let random = ''
      do {
        random = randomWord()
        id = `${label.toLowerCase()}-${random}${ending}`
      } while (people.has(id))
      const unique = {
        id,
        ...(second ? { issuer: 'second' as const } : {}),
        ...(spec.sub === undefined ? {} : { sub: spec.sub }),
        label: `${label}-${people.size + 1}${ending}`,
        email: `${id}@tokenward.test`,
        name: `${capital(label)} ${capital(random)}`,
      }
      const person = named(unique, spec)
      people.set(id, person)
      return issueTicket(person, spec)
    },
    rearm(accountId, input) {
      const person = people.get(accountId)
      if (!person) throw new LabError('unknown-account', 'No account of this id was armed at this lab; arm it first.')
      const spec = parseSpec(input)
      const moved = spec.issuer !== undefined && spec.issuer !== issuer.name
      if (moved || (spec.sub !== undefined && spec.sub !== person.sub))
        throw new LabError('bad-spec', 'An account keeps the issuer and the sub that it was armed with; arm another one.')
      return issueTicket(person, spec)
    },
    isAccount: (id) => people.has(id),
    subject: (id) => people.get(id)?.sub ?? id,
    isLive: (ticket) => live.has(ticket),
    redeem(ticket) {
      const scenario = live.get(ticket)
      live.delete(ticket)
      return scenario
    },
    bindSession: (uid, scenario) => void sessions.set(uid, scenario),
    ofSession: (uid) => sessions.get(uid),
    bindGrant: (grantId, scenario) => void grants.set(grantId, scenario),
    ofGrant: (grantId) => (grantId === undefined ? undefined : grants.get(grantId)),
  }
}
