import type { Gather } from '../../src/check/define.ts'
import type { ClauseId } from '../clauses/index.ts'
import { allTrip, defineCheck, familyOf, type Mutants } from '../define.ts'
import { executeAs } from '../gathers/containment.ts'
import { upstreamFailures } from '../gathers/upstream.ts'
import { LEAKED, sightingsOf } from './ownership.ts'

interface Echo {
  where: string
  /** What provokes the echo. */
  gather: Gather<unknown>
  incident?: ClauseId[]
  /** Without these there is no such position at a target. */
  probes?: readonly string[]
  mutants: Mutants
}

const ECHO: ClauseId[] = ['field#echo']
/** Probes of each position, by member. */
const POSITIONS = {
  authorization: ['header-authorization'],
  'custom-header': ['header-custom'],
  cookie: ['cookie-header'],
  query: ['query', 'pagination'],
  path: ['path'],
  'json-body': ['json-body'],
  'form-body': ['form-body'],
  multipart: ['multipart'],
  graphql: ['graphql-body', 'graphql-variables'],
  datasource: ['ds-header', 'ds-query', 'ds-bearer', 'ds-apikey', 'ds-apikey-query', 'ds-url'],
} as const
const asEditor = executeAs('editor', 'edit', Object.values(POSITIONS).flat())

const echoes: Record<string, Echo> = {
  authorization: {
    probes: POSITIONS.authorization,
    where: 'the Authorization header of the request that an editor ran',
    gather: asEditor,
    mutants: ['echo-authorization', 'echo-masks-capitalised-header-only'],
  },
  'custom-header': {
    probes: POSITIONS['custom-header'],
    where: 'a custom header of the request that an editor ran',
    gather: asEditor,
    mutants: ['echo-custom-header', 'echo-masks-authorization-only-in-headers'],
  },
  query: {
    probes: ['query'],
    where: 'the query of the request that an editor ran',
    gather: asEditor,
    mutants: ['echo-query', 'echo-query-percent-encoded'],
  },
  path: {
    probes: POSITIONS.path,
    where: 'the path of the request that an editor ran',
    gather: asEditor,
    mutants: ['echo-path', 'echo-path-percent-encoded'],
  },
  'header-name': {
    probes: ['header-name'],
    where: 'a header name of the request that an editor ran',
    // A header name cannot hold all characters that a token may have.
    gather: executeAs('editor', 'edit', ['header-name'], { format: 'opaque', alphabet: 'url-safe' }),
    mutants: ['echo-header-name', 'echo-header-name-masked-whole'],
  },
  cookie: {
    probes: POSITIONS.cookie,
    where: 'the Cookie header of the request that an editor ran',
    gather: asEditor,
    mutants: ['echo-cookie', 'echo-cookie-masks-sessions'],
  },
  'form-body': {
    probes: POSITIONS['form-body'],
    where: 'the form of the request that an editor ran',
    gather: asEditor,
    mutants: ['echo-form-body', 'echo-form-first-field-masked'],
  },
  multipart: {
    probes: POSITIONS.multipart,
    where: 'the multipart body of the request that an editor ran',
    gather: asEditor,
    mutants: ['echo-multipart', 'echo-multipart-first-part-masked'],
  },
  graphql: {
    probes: POSITIONS.graphql,
    where: 'the GraphQL request that an editor ran',
    gather: asEditor,
    mutants: ['echo-graphql', 'echo-graphql-variables'],
  },
  datasource: {
    probes: ['ds-header'],
    where: 'what a saved connection adds to the request that an editor ran',
    gather: asEditor,
    incident: ['field#echo', 'field#shared-bearer'],
    mutants: ['echo-connection', 'echo-connection-url'],
  },
  'json-body': {
    probes: POSITIONS['json-body'],
    where: 'the JSON body of the request that an editor ran',
    gather: asEditor,
    mutants: ['echo-json-body', 'echo-json-nested'],
  },
  'error-path': {
    where: 'what it tells of an upstream that answers an error or does not answer',
    gather: upstreamFailures,
    incident: ['asvs#16.5.1', 'field#error-details'],
    mutants: [
      'error-echoes-request',
      'error-echoes-request-on-5xx',
      'failure-echoes-request',
      'timeout-names-url',
      'tls-failure-dumps-request',
      'dns-failure-names-headers',
      'closed-connection-dumps-request',
    ],
  },
  'viewer-asks-edit': {
    where: "the editor's answer, asked for by a viewer",
    gather: executeAs('viewer', 'edit', ['header-authorization', 'header-custom', 'query', 'json-body']),
    mutants: ['viewer-gets-echo', 'viewer-gets-echo-of-custom-headers'],
  },
}

export default familyOf(echoes, ({ where, gather, incident = ECHO, probes = [], mutants }, member) =>
  defineCheck({
    title: `The execution response does not return the token in ${where}`,
    failureTitle: `The execution response returns the token in ${where}`,
    fix: 'Mask every occurrence of the substituted value in the echoed request, in the encoding it was sent in; masking by header name is not enough.',
    level: 'MUST',
    clauses: ['appsmith-tokens#access-token-server-side', ...incident],
    messages: LEAKED,
    under: ['bff'],
    probes,
    watches: 'run',
    gather,
    judge: sightingsOf(`echo/${member}`),
    mutants: allTrip('leaked', mutants),
  }),
)
