import { type ParsedCookie, parseSetCookie } from '../../src/agent/cookie-parse.ts'
import { gather } from '../../src/check/define.ts'
import { type GatherContext, NotApplicable, type Person } from '../../src/check/gather-context.ts'
import { createSecretRegistry } from '../../src/evidence/secrets.ts'
import { TargetError } from '../../src/target/target.ts'
import { signedIn } from './signed-in.ts'

/** A cookie without which nobody is signed in, as the app set it last. */
export interface SessionCookie {
  name: string
  secure: boolean
  httpOnly: boolean
  sameSite: string | null
  /** The encoding in which it shows the ID Token of this login; null when it shows none. */
  showsIdToken: string | null
}

export interface SessionCookieFacts {
  cookies: SessionCookie[]
  /** The app is served over https, or says that its cookies are Secure also without. */
  expectsSecure: boolean
}

/**
 * One login, then the same person once more for each cookie, with that cookie left out: the oracle tells which of them are the session.
 * Attributes are those of the last `Set-Cookie` line, as a browser reads it.
 */
export const sessionCookies = gather(
  'session-cookies',
  null,
  { needs: ['identity'] },
  async (context): Promise<SessionCookieFacts> => {
    const { person } = await signedIn(context, 'alice')
    const held = person.agent.cookies(context.target.baseUrl)
    const control = await signedInWith(context, person, held)
    context.gate('observed', control, 'the cookies of a signed-in browser, in another browser, sign nobody in')
    const lines = linesOf(context, person)
    const idTokens = await context.issued(person, 'id_token')
    const registry = createSecretRegistry()
    registry.learnJournal(idTokens, () => person.account.label)
    const cookies: SessionCookie[] = []
    for (const left of held) {
      const { name } = left
      const line = lines.get(name)
      if (
        !line ||
        (await signedInWith(
          context,
          person,
          held.filter((cookie) => cookie !== left),
        ))
      )
        continue
      const value = Buffer.from(line.value)
      const hit = registry
        .scanner()
        .scan(value)
        .find(({ segment }) => segment !== 'hash')
      const { secure, httpOnly, sameSite } = line
      cookies.push({ name, secure, httpOnly, sameSite, showsIdToken: hit?.encoding ?? null })
    }
    const { baseUrl, declares } = context.target
    return { cookies, expectsSecure: baseUrl.startsWith('https:') || declares.secureOnLoopback }
  },
)

/** @throws NotApplicable when no cookie decides who is signed in */
export function sessionCookiesOf({ cookies }: SessionCookieFacts): SessionCookie[] {
  if (cookies.length === 0) throw new NotApplicable('no cookie of the app decides who is signed in')
  return cookies
}

type HeldCookie = ReturnType<Person['agent']['cookies']>[number]

/** Whether somebody is signed in who comes with these cookies only. */
async function signedInWith(context: GatherContext, { account }: Person, cookies: readonly HeldCookie[]): Promise<boolean> {
  const browser = context.visitor(`${account.label} with fewer cookies`)
  for (const { name, value, secure } of cookies)
    browser.setCookie(context.target.baseUrl, `${name}=${value}; Path=/${secure ? '; Secure' : ''}`)
  try {
    return (await context.identity(browser)) !== null
  } catch (error) {
    // Half a session may be an error to the app: nobody is signed in by it.
    if (error instanceof TargetError) return false
    throw error
  }
}

/** The last line of each cookie that the app set and a browser would read. */
function linesOf({ target }: GatherContext, { agent }: Person): Map<string, ParsedCookie> {
  const { origin } = new URL(target.baseUrl)
  const lines = agent.exchanges
    .filter(({ request }) => new URL(request.url).origin === origin)
    .flatMap(({ response }) => response?.headers ?? [])
    .filter(([name]) => name === 'set-cookie')
    .map(([, line]) => parseSetCookie(line, Date.now()))
  return new Map(lines.filter((line) => typeof line !== 'string').map((line) => [line.name, line]))
}
