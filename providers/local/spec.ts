import { z } from 'zod'
import type { AccountSpec, ClientRegistration, Json } from '../provider.ts'
import { tampers } from '../tamper/registry.ts'
import { LabError, type LabErrorCode } from './errors.ts'

function isJson(value: unknown): value is Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (Array.isArray(value)) return value.every(isJson)
  return isJsonObject(value)
}

function isJsonObject(value: unknown): value is { [name: string]: Json } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const proto = Object.getPrototypeOf(value)
  return (proto === Object.prototype || proto === null) && Object.values(value).every(isJson)
}

// Not z.record: it copies member by member and so drops or breaks names such as `__proto__`.
const claims = z.custom<{ [name: string]: Json }>(isJsonObject, 'must be a JSON object')
const withoutSub = claims.refine((value) => !Object.hasOwn(value, 'sub'), 'must not name sub: it belongs to the account')
const perScope = z.custom<{ [scope: string]: { [name: string]: Json } }>(
  (value) => isJsonObject(value) && Object.values(value).every((entry) => isJsonObject(entry) && !Object.hasOwn(entry, 'sub')),
  'must be an object of scope to claims, without sub',
)

function isRawClaims(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) && !Object.hasOwn(value, 'sub')
  } catch {
    return false
  }
}

const seconds = z.int().min(1).max(31_622_400)
const lifetimes = z.strictObject({
  accessToken: seconds.optional(),
  idToken: seconds.optional(),
  refreshToken: seconds.optional(),
})
const errorCode = z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/, 'must be an OAuth error code')
const size = (min: number) => z.int().min(min).max(131_072).optional()

const accountFields = z.strictObject({
  label: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9-]{0,31}$/, 'must be letters, digits and hyphens, at most 32, a letter first')
    .optional(),
  issuer: z.literal('second').optional(),
  sub: z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, 'must be at most 255 printable ASCII characters')
    .optional(),
  claims: withoutSub.optional(),
  scopedClaims: perScope.optional(),
  userinfoClaims: withoutSub.optional(),
  rawClaims: z.string().refine(isRawClaims, 'must be the JSON text of one object, without sub').optional(),
  withholdScopes: z
    .array(z.string().min(1))
    .refine((scopes) => !scopes.includes('openid'), 'must not contain openid: without it there is no ID Token')
    .optional(),
  accessToken: z
    .discriminatedUnion('format', [
      z.strictObject({ format: z.literal('opaque'), alphabet: z.enum(['url-safe', 'full']).optional(), size: size(16) }),
      z.strictObject({ format: z.literal('jwt'), size: size(16) }),
    ])
    .optional(),
  lifetimes: lifetimes.optional(),
  refresh: z.boolean().optional(),
  rotate: z.boolean().optional(),
  refreshed: z
    .strictObject({
      claims: withoutSub.optional(),
      lifetimes: lifetimes.optional(),
      idToken: z.literal(false).optional(),
      error: errorCode.optional(),
      status: z.int().min(500).max(599).optional(),
      failures: z.int().min(1).max(1_000).optional(),
      delayMs: z.int().min(0).max(30_000).optional(),
    })
    .refine(({ error, status }) => error === undefined || status === undefined, 'may have error or status, not both')
    .refine(
      ({ error, status, failures }) => failures === undefined || error !== undefined || status !== undefined,
      'may have failures only with error or status',
    )
    .optional(),
  tamper: z
    .strictObject({
      name: z.string().refine((name) => Object.hasOwn(tampers, name), {
        error: (issue) => `unknown tampering "${issue.input}"; known: ${Object.keys(tampers).join(', ')}`,
      }),
      data: z.custom<Json>(isJson, 'must be JSON').optional(),
    })
    .superRefine(({ name, data }, context) => {
      const problem = Object.hasOwn(tampers, name) ? tampers[name as keyof typeof tampers].check(data) : null
      if (problem) context.addIssue({ code: 'custom', path: ['data'], message: problem })
    })
    .optional(),
  authorizationError: errorCode.optional(),
  tokenError: errorCode.optional(),
})

export const accountSpec = accountFields.refine(({ issuer, sub }) => sub === undefined || issuer === 'second', {
  path: ['sub'],
  error: 'may be chosen at the second issuer only: accounts of the first are told apart by it',
})

export const clientRegistration = z.strictObject({
  redirectUris: z.array(z.string().min(1)).min(1),
  postLogoutRedirectUris: z.array(z.string().min(1)).optional(),
  clientAuth: z.enum(['client_secret_basic', 'client_secret_post', 'none']),
  idTokenAlg: z.enum(['RS256', 'PS256', 'ES256', 'EdDSA', 'HS256']),
  scope: z.string().min(1),
  responseMode: z.enum(['query', 'form_post']).optional(),
  pkce: z.enum(['optional', 'required']).optional(),
})

/** Parses, or throws LabError with each problem and where it is. Values are not repeated: they may be secrets. */
export function parse<T>(schema: z.ZodType, value: unknown, code: LabErrorCode, what: string): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data as T
  const problems = result.error.issues.map((issue) => `${issue.path.join('.') || 'value'}: ${issue.message}`)
  throw new LabError(code, `${what} is not valid: ${problems.join('; ')}.`)
}

/** Returns a copy: a spec that its owner changes later must not change a login under way. */
export const parseSpec = (spec: unknown): AccountSpec =>
  structuredClone(parse<AccountSpec>(accountSpec, spec, 'bad-spec', 'The account spec'))

export const parseRegistration = (registration: unknown): ClientRegistration =>
  structuredClone(parse<ClientRegistration>(clientRegistration, registration, 'bad-registration', 'The client registration'))
