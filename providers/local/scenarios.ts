import type { AccountSpec, ArmedAccount, Json } from '../provider.ts'
import { LabError } from './errors.ts'
import { randomText, randomWord } from './random.ts'
import { parseSpec } from './spec.ts'

/** One armed login: who signs in, and what is issued to them. Immutable. */
export interface Scenario {
  account: ArmedAccount
  spec: AccountSpec
}

/** Who may sign in, and which scenario belongs to which transaction. */
export interface Scenarios {
  arm(spec: AccountSpec): ArmedAccount
  rearm(accountId: string, spec: AccountSpec): ArmedAccount
  isAccount(id: string): boolean
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

export function createScenarios(issuer: string, onTicket: (account: ArmedAccount) => void): Scenarios {
  const people = new Map<string, Person>()
  const live = new Map<string, Scenario>()
  const sessions = new Map<string, Scenario>()
  const grants = new Map<string, Scenario>()

  function issueTicket(person: Person, spec: AccountSpec): ArmedAccount {
    const ticket = randomText()
    const account = {
      ...named(person, spec),
      ticket,
      ticketUrl: `${issuer}/ticket/${ticket}`,
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
      do id = `${label.toLowerCase()}-${randomWord()}`
      while (people.has(id))
      const random = id.slice(label.length + 1)
      const unique = {
        id,
        label: `${label}-${people.size + 1}`,
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
      return issueTicket(person, parseSpec(input))
    },
    isAccount: (id) => people.has(id),
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
