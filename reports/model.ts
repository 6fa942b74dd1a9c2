/**
 * run.json and evidence files: the only data model. Every report is a function of these two.
 * Nothing here holds a secret: known values were replaced by markers such as `⟦access_token alice-7#1 base64⟧` before.
 */
import { z } from 'zod'

export const LEVELS = ['MUST', 'SHOULD', 'POLICY', 'EITHER', 'CONTROL'] as const
export const VERDICTS = ['pass', 'fail', 'warn', 'not-applicable', 'inconclusive', 'error'] as const

const levelSchema = z.enum(LEVELS)
export const verdictSchema = z.enum(VERDICTS)
export type Level = z.infer<typeof levelSchema>
export type Verdict = z.infer<typeof verdictSchema>

/** One deviation: the check's message key, its rendered text, and the data that filled it. */
export const findingSchema = z.strictObject({
  message: z.string(),
  text: z.string(),
  data: z.record(z.string(), z.unknown()),
})
export type Finding = z.infer<typeof findingSchema>

export const checkResultSchema = z.strictObject({
  id: z.string(),
  suite: z.string(),
  level: levelSchema,
  /** The requirement when it holds. */
  title: z.string(),
  /** The same when it does not: headline of a finding. */
  failureTitle: z.string(),
  fix: z.string(),
  verdict: verdictSchema,
  /** Milliseconds from the start of the gather to the judgement. */
  durationMs: z.number(),
  agent: z.enum(['http', 'browser']),
  /** Why it is not-applicable, inconclusive or an error. */
  reason: z.string().nullable(),
  findings: z.array(findingSchema),
  /** What was seen and is not held against the target, e.g. the hash of a token. */
  notes: z.array(z.string()),
  clauses: z.array(z.string()),
  /** Path below the run's folder. */
  evidence: z.string().nullable(),
  /** The command that repeats exactly this check. */
  repeat: z.string(),
})
export type CheckResult = z.infer<typeof checkResultSchema>

export const clauseSchema = z.strictObject({ quote: z.string(), level: z.string(), url: z.string() })
export type ClauseText = z.infer<typeof clauseSchema>

export const runSchema = z.strictObject({
  schemaVersion: z.literal(1),
  tool: z.strictObject({ name: z.literal('tokenward'), version: z.string(), catalogueDigest: z.string() }),
  run: z.strictObject({
    id: z.string(),
    startedAt: z.string(),
    durationMs: z.number(),
    profile: z.string(),
    exitCode: z.number().int(),
    complete: z.boolean(),
    /** Why it is incomplete or could not tell; null when all is well. */
    problem: z.string().nullable(),
    /** What a browser would have seen and nobody looked at, in one line; null when all was looked at, or no browser was asked for. */
    unobserved: z.string().nullable().default(null),
  }),
  target: z.strictObject({
    name: z.string(),
    address: z.string(),
    adapter: z.string(),
    version: z.string().nullable(),
    pattern: z.enum(['bff', 'token-mediating', 'browser-client']),
    capabilities: z.array(z.string()),
  }),
  provider: z.strictObject({ kind: z.enum(['local', 'external']), issuer: z.string() }),
  agents: z.array(z.strictObject({ kind: z.enum(['http', 'browser']), product: z.string().optional() })),
  calibration: z.strictObject({ goodLogin: z.boolean(), badLoginRefused: z.boolean(), probeDelivered: z.boolean() }),
  counts: z.strictObject(Object.fromEntries(VERDICTS.map((v) => [v, z.number().int()])) as Record<Verdict, z.ZodNumber>),
  /** Texts of all clauses that the checks cite. */
  clauses: z.record(z.string(), clauseSchema),
  checks: z.array(checkResultSchema),
})
export type Run = z.infer<typeof runSchema>

const headerPairs = z.array(z.tuple([z.string(), z.string()]))

export const exchangeSchema = z.strictObject({
  id: z.number(),
  /** Milliseconds since the evidence began. */
  at: z.number(),
  durationMs: z.number(),
  agent: z.string(),
  initiator: z.string(),
  surface: z.string(),
  owner: z.enum(['product', 'fixture']),
  request: z.strictObject({ method: z.string(), url: z.string(), headers: headerPairs, body: z.string().nullable() }),
  response: z
    .strictObject({
      status: z.number(),
      statusText: z.string(),
      headers: headerPairs,
      body: z.string(),
      bodyBytes: z.number(),
      truncated: z.boolean(),
    })
    .nullable(),
  error: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
})
export type EvidenceExchange = z.infer<typeof exchangeSchema>

/** A piece of a browser's own state. Its text is kept where it is small or a secret was seen in it, and empty otherwise. */
export const captureSchema = z.strictObject({
  /** From the same sequence as the exchanges' ids. */
  id: z.number(),
  /** Milliseconds since the evidence began. */
  at: z.number(),
  agent: z.string(),
  /** `wire`, `devtools` or `memory` */
  tap: z.string(),
  /** `dom`, `localstorage`, `console`, `js-heap` … */
  channel: z.string(),
  surface: z.string(),
  url: z.string(),
  /** What it is there: the key of a storage, a console method, a worker. */
  name: z.string(),
  /** Length of all of it. */
  bytes: z.number().int(),
  text: z.string(),
  /** There is more than `text` shows. */
  truncated: z.boolean(),
})
export type EvidenceCapture = z.infer<typeof captureSchema>

/** What happened in a page that a person would notice. */
export const eventSchema = z.strictObject({
  at: z.number(),
  agent: z.string(),
  /** `dialog`, `popup`, `download`, `crash`, `blocked` … */
  kind: z.string(),
  url: z.string(),
  text: z.string(),
})

/** A picture of a page at the moment when something was found in it. */
export const screenshotSchema = z.strictObject({
  at: z.number(),
  agent: z.string(),
  surface: z.string(),
  url: z.string(),
  /** Path below the run's folder. */
  file: z.string(),
})
export type EvidenceScreenshot = z.infer<typeof screenshotSchema>

/** A known secret found in bytes that the client can see. */
export const sightingSchema = z.strictObject({
  /** Marker name of the secret, e.g. `access_token alice-7#1`. */
  secret: z.string(),
  kind: z.string(),
  /** Label of the account, or null. */
  account: z.string().nullable(),
  /** `raw`, `base64`, `hex`, `reversed` … */
  encoding: z.string(),
  /** Which part of the secret: all of it, a run of it, a JWT segment, its jti or canary claim, or a hash (a note only). */
  segment: z.enum(['whole', 'run', 'payload', 'signature', 'jti', 'canary', 'hash']),
  /** Characters of the secret that were found in one run. */
  length: z.number().int(),
  tap: z.string(),
  /** `body`, `header`, `redirect`, `url`, `cookie-js`, `cookie-http`, `dom`, `localstorage` … */
  channel: z.string(),
  /** Name of the toured surface. */
  surface: z.string(),
  owner: z.enum(['product', 'fixture']),
  /** Who saw it: the agent's name. */
  agent: z.string(),
  url: z.string(),
  offset: z.number().int(),
  /** Id of the exchange, or of the capture, in which it was seen. */
  exchange: z.number().int(),
})
export type Sighting = z.infer<typeof sightingSchema>

export const timelineSchema = z.strictObject({
  /** Milliseconds since the evidence began. */
  at: z.number(),
  actor: z.enum(['client', 'browser', 'provider', 'sink']),
  text: z.string(),
  tampered: z.boolean(),
})
export type TimelineEntry = z.infer<typeof timelineSchema>

export const shownTokenSchema = z.strictObject({
  marker: z.string(),
  kind: z.string(),
  account: z.string().nullable(),
  header: z.record(z.string(), z.unknown()).nullable(),
  payload: z.record(z.string(), z.unknown()).nullable(),
  /** Claim names, or `header`, `signature`. */
  tampered: z.array(z.string()),
  tampering: z.string().nullable(),
})

export const gateSchema = z.strictObject({
  gate: z.enum(['calibrated', 'delivered', 'observed']),
  ok: z.boolean(),
  reason: z.string(),
})
export type Gate = z.infer<typeof gateSchema>

export const evidenceSchema = z.strictObject({
  schemaVersion: z.literal(1),
  gather: z.string(),
  agent: z.enum(['http', 'browser']),
  startedAt: z.string(),
  durationMs: z.number(),
  gates: z.array(gateSchema),
  /** What the gather established, in the shape its judges know. */
  facts: z.unknown(),
  timeline: z.array(timelineSchema),
  exchanges: z.array(exchangeSchema),
  captures: z.array(captureSchema).default([]),
  events: z.array(eventSchema).default([]),
  screenshots: z.array(screenshotSchema).default([]),
  /** Playwright traces of what failed, scrubbed: paths below the run's folder. */
  traces: z.array(z.string()).default([]),
  tokens: z.array(shownTokenSchema),
  sightings: z.array(sightingSchema),
})
export type EvidenceFile = z.infer<typeof evidenceSchema>
