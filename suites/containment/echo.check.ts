import type { Gather } from '../../src/check/define.ts'
import type { ClauseId } from '../clauses/index.ts'
import { allTrip, defineCheck, familyOf, type Mutants } from '../define.ts'
import { executeAs } from '../gathers/containment.ts'
import { LEAKED, sightingsOf } from './ownership.ts'

interface Echo {
  where: string
  /** What provokes the echo. */
  gather: Gather<unknown>
  incident?: ClauseId[]
  mutants: Mutants
}

const ECHO: ClauseId[] = ['field#echo']
const EDITED = ['header-authorization', 'header-custom', 'query', 'json-body']
const asEditor = executeAs('editor', 'edit', EDITED)

const echoes: Record<string, Echo> = {
  authorization: {
    where: 'the Authorization header of the request that an editor ran',
    gather: asEditor,
    mutants: ['echo-authorization', 'echo-masks-capitalised-header-only'],
  },
  'custom-header': {
    where: 'a custom header of the request that an editor ran',
    gather: asEditor,
    mutants: ['echo-custom-header', 'echo-masks-authorization-only-in-headers'],
  },
  query: {
    where: 'the query of the request that an editor ran',
    gather: asEditor,
    mutants: ['echo-query', 'echo-query-percent-encoded'],
  },
  'json-body': {
    where: 'the JSON body of the request that an editor ran',
    gather: asEditor,
    mutants: ['echo-json-body', 'echo-json-nested'],
  },
  'error-path': {
    where: 'the details of an upstream error',
    gather: executeAs('viewer', 'view', ['error-5xx', 'error-4xx']),
    incident: ['asvs#16.5.1', 'field#error-details'],
    mutants: ['error-echoes-request', 'error-echoes-request-on-5xx'],
  },
  'viewer-asks-edit': {
    where: "the editor's answer, asked for by a viewer",
    gather: executeAs('viewer', 'edit', EDITED),
    mutants: ['viewer-gets-echo', 'viewer-gets-echo-of-custom-headers'],
  },
}

export default familyOf(echoes, ({ where, gather, incident = ECHO, mutants }, member) =>
  defineCheck({
    title: `The execution response does not return the token in ${where}`,
    failureTitle: `The execution response returns the token in ${where}`,
    fix: 'Mask every occurrence of the substituted value in the echoed request, in the encoding it was sent in; masking by header name is not enough.',
    level: 'MUST',
    clauses: ['appsmith-tokens#access-token-server-side', ...incident],
    messages: LEAKED,
    under: ['bff'],
    watches: 'run',
    gather,
    judge: sightingsOf(`echo/${member}`),
    mutants: allTrip('leaked', mutants),
  }),
)
