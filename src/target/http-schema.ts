import { z } from 'zod'
import { isPointer } from './pointer.ts'
import { CAPABILITIES } from './target.ts'

const path = z.string().startsWith('/', { error: 'must begin with /: paths are relative to the base URL' })
const pointer = z.string().refine(isPointer, { error: 'must be a JSON pointer, such as /data/email' })
const headers = z.record(z.string(), z.string())
const status = z.number().int().min(100).max(599)
const owner = z.enum(['product', 'fixture']).default('product')

const identitySchema = z.strictObject({
  /** Called as client code would; answers 200 with JSON while somebody is signed in. */
  path,
  /** Where the answer names the person: sub or e-mail. */
  subject: pointer,
  /** Where it shows the claims of the ID Token, as an object. Null: it does not. */
  idToken: pointer.nullable().default(null),
  /** Where it shows the ID Token as it was issued. Null: it does not. */
  rawIdToken: pointer.nullable().default(null),
  /** The address of the raw ID Token, when it is another one. A body that is no JSON is the token itself, with the pointer `""`. */
  rawPath: path.optional(),
  /** What says that nobody is signed in: a status, or a value in the answer. */
  anonymous: z
    .union([z.strictObject({ status: z.array(status).min(1) }), z.strictObject({ pointer, equals: z.json() })])
    .default({ status: [401, 403] }),
})

const querySchema = z.strictObject({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).default('POST'),
  /** May hold `{probe}`. */
  path,
  /** Query parameters; values may hold `{probe}` and `{input:NAME}`. One whose input the probe does not have is left out. */
  parameters: z.record(z.string(), z.string()).default({}),
  /** A JSON body, with the same templates in its strings. */
  json: z.json().optional(),
  headers: headers.default({}),
  /** Where the answer shows the sink's receipt. Null: it does not. */
  receipt: pointer.nullable().default(null),
  /** Statuses that say: not run. Any other outside 200–299 says: run and failed. */
  refused: z.array(status).default([400, 401, 403, 404, 405]),
})

const surfaceSchema = z.strictObject({
  name: z.string().min(1),
  path,
  kind: z.enum(['page', 'api', 'stream']).default('api'),
  owner,
  showsIdentity: z.boolean().default(false),
  /** A debug, preview, request log or audit endpoint. */
  diagnostic: z.boolean().default(false),
})

const policySchema = z
  .strictObject({
    pattern: z.enum(['bff', 'token-mediating', 'browser-client']).default('bff'),
    idToken: z.enum(['required', 'allowed', 'forbidden']).default('required'),
    declared: z.array(pointer).default([]),
    reasons: z.record(z.string(), z.string()).default({}),
  })
  .refine(({ pattern, reasons }) => pattern === 'bff' || !!reasons.pattern, {
    error: 'a pattern other than bff needs its reason, with a source',
    path: ['reasons', 'pattern'],
  })
  .refine(({ idToken, reasons }) => idToken !== 'allowed' || !!reasons.idToken, {
    error: 'an ID Token that is allowed on the client needs its reason, with a source',
    path: ['reasons', 'idToken'],
  })

const declaresSchema = z.strictObject({
  claimEncoding: z
    .strictObject({ numericDate: z.enum(['s', 'ms', 'iso']).default('s'), aud: z.enum(['as-is', 'array']).default('as-is') })
    .prefault({}),
  unresolved: z.enum(['literal', 'empty', 'error', 'block']).default('literal'),
  /** Whether a token that an upstream sends back is redacted, or passed on like the rest of the answer. */
  reflection: z.enum(['redact', 'document']).default('document'),
  /** Names of the probes that the app has. */
  probes: z.array(z.string()).default([]),
  roles: z
    .strictObject({ viewer: z.record(z.string(), z.json()).optional(), editor: z.record(z.string(), z.json()).optional() })
    .default({}),
  customScope: z.string().nullable().default(null),
})

/** An app with JSON endpoints, described in plain data: the `http` adapter. */
export const httpTargetSchema = z.strictObject({
  name: z.string().min(1),
  /** Navigated to, to sign in: it sends the browser to the provider. */
  login: z.strictObject({ path }),
  /** GET is navigated to, POST is called as client code would. */
  logout: z.strictObject({ path, method: z.enum(['GET', 'POST']).default('POST') }).optional(),
  identity: identitySchema,
  query: querySchema.optional(),
  surfaces: z.array(surfaceSchema).default([]),
  /** What an editor can take away as a file. */
  exports: z.array(z.strictObject({ name: z.string().min(1), path })).default([]),
  policy: policySchema.prefault({}),
  declares: declaresSchema.prefault({}),
  /** Beside those that follow from the description: identity, its tokens, query, inputs, anonymous, logout. */
  capabilities: z.array(z.enum(CAPABILITIES)).default([]),
  /** Sent with every call of client code, e.g. what the app's CSRF filter asks for. */
  headers: headers.default({}),
})

export type HttpTargetDescription = z.infer<typeof httpTargetSchema>
