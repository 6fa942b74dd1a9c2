import { writeFileSync } from 'node:fs'
import { type Lab, startLab } from '../../providers/local/lab.ts'
import type { ClientRegistration, RegisteredClient } from '../../providers/provider.ts'
import { EXIT, UserError } from '../../src/errors.ts'
import { CONTROL_KEY } from '../../src/run/protocol.ts'
import { isLoopback } from '../../src/target/consent.ts'
import { targetEnvironment } from '../../src/target/launch.ts'
import type { Command, Values } from '../command.ts'
import { onInterrupt } from '../interrupt.ts'
import { labProblem } from '../run/lab.ts'
import { integer } from '../run/options.ts'
import { ALGORITHMS, AUTHS, type Wanted, wantedTarget } from '../run/wanted-target.ts'

const DEFAULT_PORT = 4400

export default {
  summary:
    'Serves the OpenID Provider, the sink and the control API alone, for a target that runs elsewhere; prints what to configure there and\n' +
    'how to test it then. With --state, the target stays configured when the lab is started again.',
  options: {
    target: {
      type: 'string',
      value: 'ADDRESS',
      help: 'target to register, as for run: appsmith:<url>, https://… (described in --config)',
    },
    config: { type: 'string', value: 'FILE', help: 'configuration file that describes the target' },
    'redirect-uri': { type: 'string', multiple: true, value: 'URL', help: "or the target's redirect URI itself; repeatable" },
    auth: { type: 'string', value: 'METHOD', help: `client authentication: ${AUTHS.join(', ')}` },
    alg: { type: 'string', value: 'ALG', help: `algorithm of the ID Token: ${ALGORITHMS.join(', ')}` },
    scope: { type: 'string', value: 'SCOPES', help: 'scopes that the target requests, separated by spaces' },
    ticket: {
      type: 'string',
      multiple: true,
      value: 'NAME',
      help: 'arm an account of that name and print a link by which a person at a browser signs in; repeatable',
    },
    issuer: { type: 'string', value: 'URL', help: 'public URL, where a tunnel or an ingress stands before the lab' },
    port: { type: 'string', value: 'N', help: `port of provider and sink (default ${DEFAULT_PORT}; 0 is a free one)` },
    state: { type: 'string', value: 'FILE', help: 'keep keys, clients and their secrets in this file across restarts' },
    'write-env': {
      type: 'string',
      value: 'FILE',
      help: 'write what to configure as TOKENWARD_… variables, e.g. for node --env-file (holds the client secret)',
    },
  },
  async run(values, _positionals, { stdout, cwd }) {
    const wanted = await wantedTarget(values, cwd)
    const interrupted = new Promise<number>((resolve) => {
      onInterrupt((how) => resolve(how === 'SIGINT' ? EXIT.interrupted : EXIT.terminated))
    })
    const lab = await startLab({
      port: integer('--port', values.port as string | undefined, 0, 65_535) ?? DEFAULT_PORT,
      ...(values.issuer === undefined ? {} : { issuer: values.issuer as string }),
      ...(values.state === undefined ? {} : { stateFile: values.state as string }),
    }).catch((error) => {
      throw labProblem(error)
    })
    try {
      const blocks = [about(lab), await configuration(lab, wanted, values), await tickets(lab, values)]
      stdout.write(`${blocks.filter((block) => block !== '').join('\n\n')}\n\nPress Ctrl-C to stop.\n`)
      return await interrupted
    } catch (error) {
      throw labProblem(error)
    } finally {
      await lab.stop()
    }
  },
} satisfies Command as Command

function about({ issuer, sinkUrl, controlUrl, controlKey }: Lab): string {
  const reach = isLoopback(new URL(issuer).hostname)
    ? [
        '',
        'The target must reach the issuer under exactly this name. If it runs on another machine, put a tunnel or an',
        'ingress before this port and name its address by --issuer.',
      ]
    : []
  return [
    `issuer        ${issuer}`,
    `sink          ${sinkUrl}`,
    `control       ${controlUrl}`,
    `control key   ${controlKey}`,
    ...reach,
  ].join('\n')
}

async function configuration(lab: Lab, wanted: Wanted | null, values: Values): Promise<string> {
  if (wanted === null) return 'Give --target or --redirect-uri to register a target and see what to configure there.'
  const { registration, second, flags, baseUrl } = wanted
  const client = await lab.provider.register(registration)
  const other = second && { client: await lab.provider.register(second, 'second'), registration: second }
  if (values['write-env'] !== undefined) writeEnvironment(values['write-env'] as string, client, other, wanted)
  return [
    'Configure at the target:',
    ...settings(client, registration),
    '',
    ...(other ? ['And for the second issuer that it trusts:', ...settings(other.client, other.registration), ''] : []),
    'The queries that it needs, with their calls to the sink:',
    `  npx tokenward probes ${flags} --sink ${lab.sinkUrl}`,
    ...(isLoopback(new URL(baseUrl).hostname)
      ? []
      : [
          '',
          `Its owner agrees to be tested by {"allow": true} at ${baseUrl}/.well-known/tokenward.json, or by \`consent\` in your configuration.`,
        ]),
    '',
    'Then, in another terminal:',
    `  export ${CONTROL_KEY}=${lab.controlKey}`,
    `  npx tokenward run --lab ${lab.controlUrl} ${flags}`,
  ].join('\n')
}

function settings(
  { clientId, clientSecret, issuer, endpoints }: RegisteredClient,
  { clientAuth, redirectUris, scope, idTokenAlg }: ClientRegistration,
): string[] {
  return [
    `  client id      ${clientId}`,
    `  client secret  ${clientSecret || '(none)'}`,
    `  client auth    ${clientAuth}`,
    ...redirectUris.map((uri) => `  redirect URI   ${uri}`),
    `  scopes         ${scope}`,
    `  ID Token       ${idTokenAlg}`,
    `  discovery      ${issuer}/.well-known/openid-configuration`,
    `  authorization  ${endpoints.authorization}`,
    `  token          ${endpoints.token}`,
    `  userinfo       ${endpoints.userinfo}`,
    `  jwks           ${endpoints.jwks}`,
    `  end session    ${endpoints.endSession}`,
  ]
}

/** The environment that a spawned target would get; the probe pack is a file of its owner's. */
function writeEnvironment(
  path: string,
  client: RegisteredClient,
  other: { client: RegisteredClient; registration: ClientRegistration } | null,
  { registration, baseUrl }: Wanted,
): void {
  const { TOKENWARD_PROBES: _, ...variables } = targetEnvironment({
    ...{ client, registration, baseUrl },
    redirectUri: registration.redirectUris[0]!,
    postLogoutRedirectUri: registration.postLogoutRedirectUris?.[0] ?? `${baseUrl}/`,
    probesPath: '',
    ...(other && { second: { ...other, redirectUri: other.registration.redirectUris[0]! } }),
  })
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`)
  try {
    writeFileSync(path, lines.join(''), { mode: 0o600 })
  } catch (cause) {
    throw new UserError(`--write-env ${path} cannot be written: ${(cause as Error).message}`, undefined, { cause })
  }
}

async function tickets(lab: Lab, values: Values): Promise<string> {
  const names = (values.ticket ?? []) as string[]
  const accounts = await Promise.all(names.map((label) => lab.provider.arm({ label })))
  return accounts
    .map(
      ({ email, ticketUrl }) =>
        `Sign in as ${email}: open this link in the browser, then start the login at the target there. It works once.\n  ${ticketUrl}`,
    )
    .join('\n\n')
}
