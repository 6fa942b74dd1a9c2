/** The reference target, which soon dies and says last what it should never say. Started by tests as `command`. */
import { mutants } from '../../fixtures/targets/reference/mutants/index.ts'
import { broken } from '../../fixtures/targets/reference/mutants/mutant.ts'
import { startReference } from '../../fixtures/targets/reference/reference.ts'

const SIGN_INS = 4
const base64 = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64')

let signIns = 0
const telltale = broken('Dies after a few sign-ins, with what it knows on its lips', (base, config) => ({
  signedIn(login) {
    signIns += 1
    if (signIns === SIGN_INS) {
      console.error(
        JSON.stringify({ state: base64(login.tokens), refresh: [...(login.tokens?.refreshToken ?? '')].reverse().join('') }),
      )
      console.error(`POST ${config.tokenUrl} Authorization: Basic ${base64(`${config.clientId}:${config.clientSecret}`)}`)
      console.error(`vault ${Buffer.from(process.env.VAULT_KEY ?? '').toString('hex')}`)
      console.error(`Error: upstream refused ${login.tokens?.accessToken}`)
      process.exit(7)
    }
    return base.signedIn(login)
  },
}))
Object.assign(mutants['access-token-in-profile'], telltale)
await startReference(process.env, { mutant: 'access-token-in-profile' })
