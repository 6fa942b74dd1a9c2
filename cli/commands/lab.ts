import { startLab } from '../../providers/local/lab.ts'
import type { ClientAuth, SigningAlgorithm } from '../../providers/provider.ts'
import { EXIT, UserError } from '../../src/errors.ts'
import { CUSTOM_SCOPE } from '../../src/target/resolve.ts'
import type { Command } from '../command.ts'
import { onInterrupt } from '../interrupt.ts'
import { labProblem } from '../run/lab.ts'
import { integer } from '../run/options.ts'

const AUTHS = ['client_secret_basic', 'client_secret_post', 'none']
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA', 'HS256']

export default {
  summary:
    'Serves the OpenID Provider, the sink and the control API alone, for a target that lives elsewhere; prints what to configure there.',
  options: {
    'redirect-uri': { type: 'string', multiple: true, value: 'URL', help: "the target's redirect URI; repeatable" },
    auth: { type: 'string', value: 'METHOD', help: `client authentication: ${AUTHS.join(', ')} (default client_secret_basic)` },
    alg: { type: 'string', value: 'ALG', help: `algorithm of the ID Token: ${ALGORITHMS.join(', ')} (default RS256)` },
    scope: { type: 'string', value: 'SCOPES', help: 'scopes that the target requests' },
    ticket: {
      type: 'string',
      value: 'NAME',
      help: 'arm an account of that name and print a ticket link for a person at a browser',
    },
    issuer: { type: 'string', value: 'URL', help: 'public URL, where a tunnel or an ingress stands before the lab' },
    port: { type: 'string', value: 'N', help: 'port of issuer and sink (default 4400)' },
    state: { type: 'string', value: 'FILE', help: 'keep keys, clients and their secrets in this file across restarts' },
  },
  async run(values, _positionals, { stdout }) {
    const { auth = 'client_secret_basic', alg = 'RS256', ticket } = values
    if (!AUTHS.includes(auth as string)) throw new UserError(`--auth ${auth} is not known: use ${AUTHS.join(', ')}.`)
    if (!ALGORITHMS.includes(alg as string)) throw new UserError(`--alg ${alg} is not known: use ${ALGORITHMS.join(', ')}.`)
    const redirectUris = (values['redirect-uri'] ?? []) as string[]
    for (const uri of redirectUris) if (!URL.canParse(uri)) throw new UserError(`--redirect-uri ${uri} is not a URL.`)
    const lab = await startLab({
      port: integer('--port', values.port as string | undefined, 0, 65_535) ?? 4400,
      ...(values.issuer === undefined ? {} : { issuer: values.issuer as string }),
      ...(values.state === undefined ? {} : { stateFile: values.state as string }),
    }).catch((error) => {
      throw labProblem(error)
    })
    const interrupted = new Promise<number>((resolve) => {
      onInterrupt((how) => resolve(how === 'SIGINT' ? EXIT.interrupted : EXIT.terminated))
    })
    const lines = [
      `issuer        ${lab.issuer}`,
      `sink          ${lab.sinkUrl}`,
      `control       ${lab.controlUrl}`,
      `control key   ${lab.controlKey}`,
      '',
    ]
    if (redirectUris.length > 0) {
      const scope = (values.scope as string | undefined) ?? `openid email profile offline_access ${CUSTOM_SCOPE}`
      const client = await lab.provider
        .register({ redirectUris, clientAuth: auth as ClientAuth, idTokenAlg: alg as SigningAlgorithm, scope })
        .catch((error) => {
          throw labProblem(error)
        })
      const { authorization, token, userinfo, jwks, endSession } = client.endpoints
      lines.push(
        'Configure at the target:',
        `  client id      ${client.clientId}`,
        `  client secret  ${client.clientSecret || '(none)'}`,
        `  scopes         ${scope}`,
        `  authorization  ${authorization}`,
        `  token          ${token}`,
        `  userinfo       ${userinfo}`,
        `  jwks           ${jwks}`,
        `  end session    ${endSession}`,
      )
    } else lines.push('Give --redirect-uri to register a target and see what to configure there.')
    if (ticket !== undefined) {
      const account = await lab.provider.arm({ label: ticket as string })
      lines.push(
        '',
        `Sign in as ${account.email}: open this once in the browser, then start the login at the target:`,
        `  ${account.ticketUrl}`,
      )
    }
    stdout.write(`${lines.join('\n')}\n\nPress Ctrl-C to stop.\n`)
    const code = await interrupted
    await lab.stop()
    return code
  },
} satisfies Command as Command
