import { z } from 'zod'
import { claimsPlaceSchema } from './claims-place.ts'
import { valuePlaceSchema } from './client-values.ts'
import { entrySchema, loginSchema } from './entry.ts'
import { isPointer } from './pointer.ts'
import { REFERENCE_PLACEHOLDERS } from './spelling.ts'
import { CAPABILITIES } from './target.ts'

const path = z.string().startsWith('/', { error: 'must begin with /: paths are relative to the base URL' })
const pointer = z
  .string()
  .refine(isPointer, { error: 'must be a JSON pointer, such as /data/email' })
  .meta({ format: 'json-pointer' })
const headers = z.record(z.string(), z.string())
const status = z.number().int().min(100).max(599)
const owner = z.enum(['product', 'fixture']).default('product')

const identitySchema = z.strictObject({
  /** Called as client code would; answers 200 with JSON while somebody is signed in, or with HTML where `page` is described. */
  path,
  /**
   * Of an app that shows its person in a page: ids of elements, by names of one's own. The document that pointers look into has a member of each
   * name, which is the element's text (parsed, where that is a JSON object or list), or null where the page has no such element.
   */
  page: z.record(z.string(), z.string().min(1)).optional(),
  /**
   * Where the person, the claims and the token are read: in the answer that the client gets, or, where the app shows them to its upstream
   * only, in the request that it passes on for this path, at the sink. Then pointers mean that request: `/headers/NAME`, `/query/NAME`,
   * `/body/…`, and `/json/NAME/…` for what is inside a header whose value is a JSON object.
   */
  at: z.enum(['client', 'upstream']).default('client'),
  /** Where the answer shows the sink's receipt, by which that request is found. */
  receipt: pointer.default('/receipt'),
  /** Where the answer names the person: sub or e-mail. */
  subject: pointer,
  /** Where it shows the claims of the ID Token: an object, members with a prefix, or a list of pairs. Null: it does not. */
  idToken: claimsPlaceSchema.nullable().default(null),
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

const forwardsSchema = z.strictObject({
  /** What is asked for below this path is passed on: the rest of the path, the query string and the method. */
  path,
  /** What the app adds. In the value the placeholder `<<APPSMITH_USER_OAUTH2_ACCESS_TOKEN>>` stands for the access token of whoever asks. */
  headers: z.array(z.strictObject({ name: z.string().min(1), value: z.string().min(1) })).min(1),
  /** Where the client's answer shows the sink's receipt. Null: it does not. */
  receipt: pointer.nullable().default('/receipt'),
  /** Statuses that say: not passed on. */
  refused: z.array(status).default([401, 403]),
})

const surfaceSchema = z.strictObject({
  name: z.string().min(1),
  path,
  kind: z.enum(['page', 'api', 'stream']).default('api'),
  /** Of an `api` that is asked by POST: a JSON body. */
  json: z.json().optional(),
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

const formSchema = z.strictObject({
  path,
  /** Values may hold `{email}`, `{name}`, `{password}` and `{secret:NAME}`, a name of `secrets` in the configuration. */
  fields: z.record(z.string(), z.string()),
  /** `form` is submitted as a page's form is; `json` is sent as client code would, with `headers`. */
  encoding: z.enum(['form', 'json']).default('form'),
})

const formLoginSchema = formSchema
  .extend({
    fields: formSchema.shape.fields.default({ username: '{email}', password: '{password}' }),
    /** Makes a user and signs in. Without it the login's fields name a user that exists, by secrets. */
    signUp: formSchema
      .extend({ fields: formSchema.shape.fields.default({ email: '{email}', name: '{name}', password: '{password}' }) })
      .optional(),
  })
  .refine(({ fields, signUp }) => signUp !== undefined || !/\{(email|name|password)\}/.test(Object.values(fields).join(' ')), {
    error: 'without signUp nobody has this {email} and {password}: name a user that exists by {secret:NAME}',
    path: ['fields'],
  })

const modeSchema = z
  .strictObject({
    /** The page that a person opens, and one deeper inside. Default: the same. */
    page: path,
    deepLink: path.optional(),
    /** What the page loads, and what the deeper one loads. Default: the same. */
    path,
    deepPath: path.optional(),
    /** Where it shows the claims of the ID Token, and the token as it was issued. Null: it does not. */
    idToken: claimsPlaceSchema.nullable().default(null),
    rawIdToken: pointer.nullable().default(null),
  })
  .transform((mode) => ({ ...mode, deepLink: mode.deepLink ?? mode.page, deepPath: mode.deepPath ?? mode.path }))

const lookupSchema = z.strictObject({
  /** `{sub}` and `{email}` stand for another person. */
  path,
  headers: headers.default({}),
})

const clientSchema = z.strictObject({
  /** CSS selector of what appears once the page of a mode has loaded its data. */
  ready: z.string().min(1),
  /** CSS selectors of the elements that show what bindings evaluate to, by the names of the pack (`tokenward probes`). */
  widgets: z.record(z.string(), z.string()).default({}),
  /** CSS selector of what a person clicks to sign out. */
  signOut: z.string().nullable().default(null),
  /** The probe that the page runs when it opens. */
  onLoad: z.string().nullable().default(null),
  /** CSS selectors of what a person clicks so that client code runs a probe, by the probe's name. */
  buttons: z.record(z.string(), z.string()).default({}),
})

const declaresSchema = z.strictObject({
  claimEncoding: z
    .strictObject({
      numericDate: z.enum(['s', 'ms', 'iso']).default('s'),
      aud: z.enum(['as-is', 'array']).default('as-is'),
      values: z.enum(['json', 'text']).default('json'),
      booleans: z.tuple([z.string(), z.string()]).default(['false', 'true']),
      arrays: z.union([z.literal('json'), z.strictObject({ delimiter: z.string().min(1) })]).default('json'),
      names: z.enum(['as-issued', 'header']).default('as-issued'),
    })
    .prefault({}),
  unresolved: z.enum(['literal', 'empty', 'error', 'block']).default('literal'),
  /** Documented both ways (`<<NAME >>` in 2022): so blanks are ignored unless the app says otherwise. */
  marker: z
    .strictObject({
      blanks: z.enum(['trimmed', 'literal']).default('trimmed'),
      case: z.enum(['exact', 'any']).default('exact'),
      /** What becomes of a marker that names nothing: it stays, or it is taken away, as template languages do that are documented so. */
      unknown: z.enum(['literal', 'empty']).default('literal'),
    })
    .prefault({}),
  /** Whether a token that an upstream sends back is redacted, or passed on like the rest of the answer. */
  reflection: z.enum(['redact', 'document']).default('document'),
  /** Names of the probes that the app has. */
  probes: z.array(z.string()).default([]),
  roles: z
    .strictObject({ viewer: z.record(z.string(), z.json()).optional(), editor: z.record(z.string(), z.json()).optional() })
    .default({}),
  /** Seconds before its expiry at which the app refreshes an access token. Default: only when it has expired. */
  refreshLeeway: z.number().int().min(0).max(3600).default(0),
  customScope: z.string().nullable().default(null),
  /** Whose tokens a session works with: those of its own sign-in, or those of the user's latest one. */
  tokenScope: z.enum(['user', 'session']).default('session'),
  /** Where the answer of `identity.path` shows the claims of UserInfo, as an object. Null: it does not. */
  userinfo: pointer.nullable().default(null),
  /** Whether UserInfo claims of other providers are passed on as they came, replaced by what they say, or left out. */
  aggregatedClaims: z.enum(['as-sent', 'resolved', 'dropped']).default('as-sent'),
  /** Cookies are Secure also over plain http on loopback. */
  /** Whether a page of another origin may show the app in a frame, signed in. */
  embedding: z.enum(['allowed', 'refused']).default('refused'),
  secureOnLoopback: z.boolean().default(false),
})

const word = z
  .string()
  .regex(/\w/, { error: 'needs a name' })
  // The pack puts them into strings of JSON too.
  .regex(/^[^"\\\p{Cc}]*$/u, { error: 'may hold no quotation mark, backslash or line break: it stands in strings of JSON too' })
const wordWithName = word.refine((text) => text.includes('NAME'), { error: 'must hold NAME, where the name stands' })

/** How the app's authors write what is put in place. The default is Appsmith's; what is left out otherwise, the app has no words for. */
const placeholdersSchema = z.strictObject({
  /** The signed-in user's access token: a name between delimiters (`{{{user.accessToken}}}`), or a word (`$ACCESS_TOKEN`). */
  accessToken: word,
  /** A value that the client supplies: `{{{payload.inputs.NAME}}}`. */
  input: wordWithName.optional(),
  /** A claim of the parsed ID Token: `{{{user.claims.NAME}}}`. */
  claim: wordWithName.optional(),
  /** The parsed ID Token as a whole, and the raw one. */
  idToken: word.optional(),
  rawIdToken: word.optional(),
})

/** An app with JSON endpoints, described in plain data: the `http` adapter. */
export const httpTargetSchema = z.strictObject({
  name: z.string().min(1),
  version: z.string().min(1).optional(),
  /** What sends the browser to the provider: an address that is opened, a form, or a call of client code. A plain POST is a form without fields. */
  login: loginSchema,
  /** A second provider that the app signs people in by, registered as the first but for this. Told by TOKENWARD_SECOND_* variables. */
  secondIssuer: z.strictObject({ login: loginSchema, redirectPath: path }).optional(),
  /** As `login`, but POST is the default, and a plain one is called as client code would. */
  logout: entrySchema.transform((entry) => ({ ...entry, method: entry.method ?? ('POST' as const) })).optional(),
  /** How a user signs in whom the provider does not know. */
  formLogin: formLoginSchema.optional(),
  identity: identitySchema,
  query: querySchema.optional(),
  /** In place of `query`: an app that passes calls on and adds the token by itself, so that nobody writes a placeholder. */
  forwards: forwardsSchema.optional(),
  /**
   * How a machine without a session runs a query: by an API key, a trigger. Header values may hold `{secret:NAME}`: a name of `secrets` in the
   * configuration, or TOKENWARD_SERVICE_KEY, the variable that a target gets when it is started.
   */
  service: querySchema.optional(),
  /** Default: Appsmith's spelling. */
  placeholders: placeholdersSchema.default(REFERENCE_PLACEHOLDERS),
  surfaces: z.array(surfaceSchema).default([]),
  /** What the pages of the app's modes load. Default: the identity document, deployed. */
  modes: z.strictObject({ deployed: modeSchema.optional(), edit: modeSchema.optional() }).default({}),
  /** Requests by which somebody could ask for another person's data, beside those that are tried at the identity document anyway. */
  lookups: z.array(lookupSchema).default([]),
  /** What an editor can take away as a file. */
  exports: z.array(z.strictObject({ name: z.string().min(1), path })).default([]),
  policy: policySchema.prefault({}),
  client: clientSchema.optional(),
  declares: declaresSchema.prefault({}),
  /** Beside those that follow from the description: identity, its tokens, query, inputs, anonymous, logout and what else it describes. */
  capabilities: z.array(z.enum(CAPABILITIES)).default([]),
  /** Sent with every call of client code, e.g. what the app's CSRF filter asks for. Values may hold `{csrf}`. */
  headers: headers.default({}),
  /** Where client code finds what `{csrf}` stands for: in `headers`, and in fields, JSON and headers of login, logout, formLogin, query and surfaces. */
  csrf: valuePlaceSchema.optional(),
  /** The same for `{value:NAME}`: ids and the like. */
  values: z.record(z.string().regex(/^[\w-]+$/), valuePlaceSchema).default({}),
})

export type HttpTargetDescription = z.infer<typeof httpTargetSchema>
