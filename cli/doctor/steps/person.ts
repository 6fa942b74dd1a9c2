import { AgentError } from '../../../src/agent/agent.ts'
import { sentence } from '../../../src/errors.ts'
import { isAccount } from '../../../src/run/calibrate.ts'
import { type Identity, TargetError } from '../../../src/target/target.ts'
import { type DoctorContext, handedOver, issuedTo, signIn } from '../context.ts'
import { absent, type Mend, right, type Seen, type Step, wrong } from '../step.ts'
import { pointersTo, pointersToClaims, pointersToPerson, standsAt } from '../suggest.ts'
import { answer } from '../tell.ts'

/** Whether an honest sign-in signs the right person in, and the oracle names him. */
export const person: Step = {
  name: 'honest-login',
  needs: ['stranger', 'client-auth'],
  async look(context) {
    const { account, agent } = context.attempt!
    let identity: Identity | null
    try {
      identity = await context.target.identity(agent)
    } catch (error) {
      return misread(context, error)
    }
    if (identity === null) return signedNobodyIn(context)
    context.identity = identity
    if (isAccount(identity.subject, account)) return right(`${account.label} signs in, and the target names ${identity.subject}.`)
    const [pointer] = pointersToPerson(identity.document, account)
    return wrong(
      `The target names ${JSON.stringify(identity.subject)}, which is neither sub nor e-mail nor name of the person who signed in (${account.id}, ${account.email}).${standsAt('One stands at', [pointer!].filter(Boolean))}`,
      { field: 'identity.subject', cure: pointer === undefined ? SUBJECT : `write '${pointer}'.` },
    )
  },
}

const SUBJECT = 'write the JSON pointer at which the answer names the person by sub, e-mail or name.'

function misread(context: DoctorContext, error: unknown): Seen {
  if (!(error instanceof TargetError || error instanceof AgentError)) throw error
  const document = error instanceof TargetError ? error.document : undefined
  if (document === undefined)
    return wrong(sentence(error.message), {
      field: 'identity.path',
      cure: 'write the address that tells who is signed in.',
    })
  const [pointer] = pointersToPerson(document, context.attempt!.account)
  return wrong(`${sentence(error.message)}${standsAt('The person stands at', pointer === undefined ? [] : [pointer])}`, {
    field: 'identity.subject',
    cure: pointer === undefined ? SUBJECT : `write '${pointer}'.`,
  })
}

/** The provider issued tokens, and the target says that nobody is signed in. */
function signedNobodyIn(context: DoctorContext): Seen {
  const { target, registration, attempt } = context
  const last = attempt!.exchanges.at(-1)!
  const asked = attempt!.agent.exchanges.at(-1)!
  const nobody = `${answer(asked, target.baseUrl)}: the target says that nobody is signed in`
  if (new URL(last.request.url).origin !== new URL(target.baseUrl).origin)
    return wrong(
      `The sign-in ends at ${new URL(last.request.url).origin}, and ${target.baseUrl} knows nobody then: cookies are kept by host.`,
      handedOver(context, 'TOKENWARD_BASE_URL'),
    )
  const refusing = attempt!.exchanges.findLast(({ response }) => response !== null && response.status >= 400)
  if (refusing)
    return wrong(`${answer(refusing, target.baseUrl)} though the provider issued tokens; ${nobody}.`, {
      field: 'registration.idTokenAlg',
      cure: `if the app expects another algorithm than ${registration.idTokenAlg}, write that; else its own output tells why it refuses.`,
    })
  if (asked.response?.status === 200)
    return wrong(`${nobody}, after a sign-in that went through.`, {
      field: 'identity.anonymous',
      cure: 'write what stands there for a stranger only.',
    })
  return wrong(`${nobody}, after a sign-in that went through.`, {
    field: 'identity.path',
    cure: 'write the address that tells who is signed in; what it asks of client code beside the cookies belongs in `headers`.',
  })
}

/** Whether the claims of the ID Token stand where they are said to. */
export const idToken: Step = {
  name: 'id-token',
  needs: ['honest-login'],
  async look({ target, identity, attempt }) {
    if (!target.capabilities.has('parsed-id-token')) return absent('identity.idToken is not described.')
    const { idToken, document } = identity!
    const { account } = attempt!
    if (idToken?.sub === (account.sub ?? account.id)) return right('the claims of the ID Token stand where they are described.')
    const text = idToken === null ? 'No object stands where' : 'An object without the sub of the person stands where'
    const pointers = pointersToClaims(document, account)
    return wrong(`${text} the description says that the claims of the ID Token do.${standsAt('They stand at', pointers)}`, {
      field: 'identity.idToken',
      cure: writePointer(pointers),
    })
  },
}

/** Whether the ID Token stands, as it was issued, where it is said to. */
export const rawIdToken: Step = {
  name: 'raw-id-token',
  needs: ['honest-login'],
  async look(context) {
    const { target, attempt } = context
    const { rawIdToken, document } = context.identity!
    if (!target.capabilities.has('raw-id-token')) return absent('identity.rawIdToken is not described.')
    const issued = await issuedTo(context, attempt!.account, 'id_token')
    if (rawIdToken !== null && issued.includes(rawIdToken)) return right('the ID Token stands where it is described, as issued.')
    const pointers = pointersTo(document, (value) => typeof value === 'string' && issued.includes(value))
    const text = rawIdToken === null ? 'No text stands where' : 'Another text stands where'
    return wrong(`${text} the description says that the ID Token does.${standsAt('It stands at', pointers)}`, {
      field: 'identity.rawIdToken',
      cure: writePointer(pointers),
    })
  },
}

function writePointer([pointer]: string[]): string {
  return pointer === undefined ? 'write its JSON pointer, or null if the app does not show it.' : `write '${pointer}'.`
}

/** Whether a sign-in that no app can complete leaves nobody signed in. */
export const badLogin: Step = {
  name: 'bad-login',
  needs: ['honest-login'],
  async look(context) {
    for (const [spec, what] of REFUSALS) {
      const { agent, account } = await signIn(context, { label: 'refused', ...spec })
      try {
        const identity = await context.target.identity(agent)
        if (identity !== null)
          return wrong(
            `${what}, and the target says that ${JSON.stringify(identity.subject)} is signed in (it was ${account.email} who tried).`,
            {
              field: 'identity.path',
              cure: 'if nobody is signed in then, the description asks the wrong address; else mend the app.',
            },
          )
      } catch (error) {
        if (!(error instanceof TargetError || error instanceof AgentError)) throw error
        return wrong(`${what}, and then: ${sentence(error.message)}`, BAD_LOGIN)
      }
    }
    return right('a sign-in that the provider refuses leaves nobody signed in.')
  },
}

const BAD_LOGIN: Mend = { field: 'identity.anonymous', cure: 'write how the app says that nobody is signed in.' }
const REFUSALS = [
  [{ authorizationError: 'access_denied' }, 'The provider answered access_denied'],
  [{ tokenError: 'invalid_grant' }, 'The provider refused the code'],
] as const
