import { z } from 'zod'
import { AGENT_KINDS } from '../agent/agent.ts'
import { httpTargetSchema } from '../target/http.ts'

/** A secret by reference: configuration files are committed, secrets are not. */
export const secretSchema = z.union([z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) })])

const containerFields = {
  /** On which the app listens inside; it is told so by PORT. */
  port: z.number().int().min(1).max(65_535).default(8080),
}

/** A container of an image, which is pulled where it is not here, or built from a Dockerfile. */
const containerSchema = z.union([
  z.strictObject({ image: z.string().min(1), ...containerFields }),
  z.strictObject({
    /** Relative to the context. */
    dockerfile: z.string().min(1),
    /** A folder, relative to the configuration file. */
    context: z.string().default('.'),
    buildArgs: z.record(z.string(), z.string()).default({}),
    ...containerFields,
  }),
])

/** What the provider must know of the target, and how the target is reached. */
const launchFields = {
  /** Base URL of a target that runs already. Either this or `command` or `container`. */
  url: z.url({ protocol: /^https?$/, error: 'must be an address that begins with http:// or https://' }).optional(),
  /** Started by tokenward; a string goes through the shell, a list does not. */
  command: z.union([z.string().min(1), z.array(z.string()).min(1)]).optional(),
  container: containerSchema.optional(),
  /** Working directory of the command, relative to the configuration file. */
  cwd: z.string().optional(),
  /** A path that answers below 500 once the target is ready. */
  ready: z.string().startsWith('/').default('/'),
  readyTimeoutMs: z.number().int().positive().default(30_000),
  /** Names of the target's own environment variables, each mapped to one of tokenward's: `{ OIDC_CLIENT_ID: 'TOKENWARD_CLIENT_ID' }`. */
  env: z.record(z.string(), z.string()).default({}),
  registration: z.strictObject({
    redirectPath: z.string().startsWith('/'),
    /** Where else the app takes the provider's answers, e.g. at a sign-in of its editor. */
    furtherRedirectPaths: z.array(z.string().startsWith('/')).default([]),
    /** Empty where the app names its bare origin. */
    postLogoutPath: z
      .string()
      .regex(/^(?:\/.*)?$/, { error: 'must begin with /, or be empty: it follows the base URL' })
      .default('/'),
    clientAuth: z.enum(['client_secret_basic', 'client_secret_post', 'none']).default('client_secret_basic'),
    idTokenAlg: z.enum(['RS256', 'PS256', 'ES256', 'EdDSA', 'HS256']).default('RS256'),
    scope: z.string().default('openid email profile offline_access'),
    responseMode: z.enum(['query', 'form_post']).optional(),
    pkce: z.enum(['optional', 'required']).optional(),
  }),
}

export const httpTargetConfigSchema = httpTargetSchema
  .extend({ adapter: z.literal('http'), ...launchFields })
  .refine(({ url, command, container }) => [url, command, container].filter((way) => way !== undefined).length === 1, {
    error:
      'needs exactly one of `url` (the target runs already), `command` (tokenward starts it) and `container` (in a container)',
    path: ['command'],
  })

export const configSchema = z.strictObject({
  /** Where editors find the JSON Schema of this file. */
  $schema: z.string().optional(),
  /** An address as on the command line, or a description of the target. */
  target: z.union([z.string().min(1), httpTargetConfigSchema]).optional(),
  profile: z.string().optional(),
  suites: z.array(z.string()).optional(),
  checks: z.array(z.string()).optional(),
  reporters: z.array(z.string()).optional(),
  out: z.string().optional(),
  failOn: z.enum(['fail', 'warn']).optional(),
  concurrency: z.number().int().min(1).max(64).optional(),
  port: z.number().int().min(0).max(65_535).optional(),
  /** By which user agents checks are decided. */
  agent: z.enum([...AGENT_KINDS, 'all']).optional(),
  /** Which browser; without it the usual places are searched. */
  browser: z
    .strictObject({
      /** Path of a Chromium, Chrome or Edge, relative to the configuration file. */
      executablePath: z.string().min(1).optional(),
      /** `chromium`, `chrome`, `msedge`, `chrome-beta` … */
      channel: z.string().min(1).optional(),
      /** One that runs already: `ws://…` of a playwright server or of DevTools, `http://…` of DevTools. */
      endpoint: z
        .url({ protocol: /^(?:wss?|https?)$/, error: 'must be an address that begins with ws://, wss://, http:// or https://' })
        .optional(),
    })
    .refine((browser) => Object.values(browser).filter((way) => way !== undefined).length <= 1, {
      error: 'names several browsers: keep one of executablePath, channel and endpoint',
    })
    .optional(),
  /** Hosts, other than loopback, whose owner agreed to be tested. */
  consent: z.array(z.string()).optional(),
  /** Further secrets of the target that must never be shown or written. */
  secrets: z.record(z.string(), secretSchema).optional(),
})

export type Config = z.infer<typeof configSchema>
/** What an author writes: defaults may be left out. */
export type ConfigInput = z.input<typeof configSchema>
export type ContainerConfig = z.infer<typeof containerSchema>
export type HttpTargetInput = z.input<typeof httpTargetConfigSchema>
export type HttpTargetConfig = z.infer<typeof httpTargetConfigSchema>
