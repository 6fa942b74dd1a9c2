import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, realpathSync } from 'node:fs'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { MutantId } from '../fixtures/targets/reference/mutants/index.ts'
import { type Lab, startLab } from '../providers/local/lab.ts'
import type { JournalIssued } from '../providers/provider.ts'
import type { Run } from '../reports/model.ts'
import { resolveTarget } from '../src/target/resolve.ts'
import { probePack } from './commands/probes.ts'
import { createPlace, type Ended, hostileTarget, type Place } from './e2e/tokenward.ts'
import { createFinder, type Hidden } from './testing/finder.ts'
import { type LeakyTarget, startLeakyTarget } from './testing/leaky-target.ts'

/** As many ways to show a secret as there are reference mutants for, all in one target. */
const FLAWS: readonly MutantId[] = [
  'access-token-in-profile',
  'access-token-base64-in-settings',
  'access-token-middle-masked',
  'access-token-in-response-header',
  'access-token-in-redirect',
  'access-token-in-pixel',
  'access-token-split-over-cookies',
  'access-token-in-json-cookie',
  'access-token-claims-in-profile',
  'refresh-token-reversed-in-profile',
  'refresh-token-in-urlencoded-cookie',
  'client-credentials-base64-in-settings',
  'raw-id-token-bearer-prefix',
  'echo-query',
  'echo-query-percent-encoded',
  'echo-json-nested',
  'error-echoes-request',
  'viewer-gets-echo',
  'renders-claims-in-profile',
  'rescans-params',
  'appsmith-observed',
]
const REPORTERS = ['console', 'html', 'junit', 'json', 'allure'].flatMap((name) => ['--reporter', name])
/** A credential of the target's owner, by the configuration's `secrets`. */
const VAULT = randomBytes(33).toString('base64url')
/** What machines call the reference target with, chosen here to be known: else every run makes its own. */
const SERVICE = randomBytes(33).toString('base64url')
const EACH_FILE = ['stdout', 'stderr', 'run.json', 'junit.xml', 'index.html']

let lab: Lab
let place: Place
let probesPath: string

beforeAll(async () => {
  lab = await startLab()
  place = createPlace()
  probesPath = place.write('probes.json', probePack(resolveTarget('reference', { config: {}, directory: '.' }), lab.sinkUrl))
})
afterAll(async () => {
  await lab.stop()
  place.remove()
})

interface Reported {
  ended: Ended
  /** What it printed and wrote, by name. */
  reports: Map<string, Buffer>
  /** The last entry of the journal before it: what was issued earlier cannot be in its reports. */
  before: number
}

/** A run with every reporter. */
async function run(name: string, target: unknown, args: string[] = []): Promise<Reported> {
  const before = (await lab.provider.journal()).at(-1)?.seq ?? 0
  const config = place.write(`${name}.json`, {
    target,
    secrets: { vault: { env: 'VAULT_KEY' }, TOKENWARD_SERVICE_KEY: { env: 'SERVICE' } },
  })
  const env = { TOKENWARD_LAB_KEY: lab.controlKey, VAULT_KEY: VAULT, SERVICE }
  const all = ['run', '--config', config, '--lab', lab.controlUrl, '--out', name, ...REPORTERS, ...args]
  const ended = await place.run(all, { env })
  const folder = realpathSync(join(place.cwd, name, 'latest'))
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const reports = new Map(
    files.map(({ parentPath, name: file }) => [relative(folder, join(parentPath, file)), readFileSync(join(parentPath, file))]),
  )
  reports.set('stdout', Buffer.from(ended.stdout)).set('stderr', Buffer.from(ended.stderr))
  return { ended, reports, before }
}

/** What is secret of something issued: an opaque value as a whole; of a JWT its signature, and the claims that exist nowhere else. */
function partsOf({ kind, value, jti, canary, account }: JournalIssued): Hidden[] {
  const [header = '', , signature] = value.split('.')
  const parts = header.startsWith('eyJ') ? [signature, jti, canary] : [value]
  // A tampered ID Token may have a signature that is no secret: none at all, or a few letters.
  return parts.flatMap((part) =>
    part && part.length >= 20 ? { what: `${kind} of ${account ?? 'the client'}`, value: part } : [],
  )
}

/** What was issued after that entry of the journal, and what is always there. */
async function everySecret({ after = 0, target }: { after?: number; target?: LeakyTarget } = {}): Promise<Hidden[]> {
  const journal = await lab.provider.journal({ after })
  return [
    ...journal.flatMap((entry) => (entry.type === 'issued' ? partsOf(entry) : [])),
    ...(target?.sessions() ?? []).map((value) => ({ what: 'session cookie', value })),
    { what: 'control key', value: lab.controlKey },
    { what: 'configured secret', value: VAULT },
    { what: 'service key', value: SERVICE },
  ]
}

/** Everything found anywhere, by report: empty is right. */
function leaks(reports: ReadonlyMap<string, Buffer>, secrets: readonly Hidden[]): Record<string, string[]> {
  const find = createFinder(secrets)
  const found = [...reports].map(([name, bytes]): [string, string[]] => [name, find(bytes)])
  return Object.fromEntries(found.filter(([, hits]) => hits.length > 0).map(([name, hits]) => [name, hits.slice(0, 3)]))
}

describe('a target that leaks in every way', () => {
  let target: LeakyTarget
  let reports: Map<string, Buffer>
  let secrets: Hidden[]

  beforeAll(async () => {
    const headers = {
      'x-vault': VAULT,
      'x-vault-packed': Buffer.from(`v=${VAULT}`).toString('base64'),
      'x-vault-start': VAULT.slice(0, 20),
    }
    target = await startLeakyTarget(lab.provider, { mutants: FLAWS, headers, probesPath })
    const { ended, reports: written } = await run('leaky', `appsmith:${target.baseUrl}`)
    expect(ended).toMatchObject({ code: 1, stderr: '' })
    reports = written
    secrets = await everySecret({ target })
  }, 120_000)
  afterAll(() => target.stop())

  test('is reported, in every format', () => {
    const names = [...reports.keys()]
    expect(names).toEqual(expect.arrayContaining(EACH_FILE))
    expect(names.filter((name) => name.startsWith('evidence/')).length).toBeGreaterThan(10)
    expect(names.filter((name) => /^allure-results\/.*-result\.json$/.test(name)).length).toBeGreaterThan(50)
  })

  test.each([
    'access_token',
    'refresh_token',
    'id_token',
    'authorization_code',
    'ticket',
    'client_secret',
    'session_cookie',
    'vault',
  ])('with a marker where a %s was seen', (kind) => {
    const evidence = [...reports].filter(([name]) => name.startsWith('evidence/'))
    expect(evidence.some(([, bytes]) => bytes.includes(`⟦${kind}`))).toBe(true)
  })

  test('and not one secret is in any report, in any spelling, nor any 15 characters of one', () => {
    const kinds = new Set(secrets.map(({ what }) => what.split(' ')[0]))
    expect([...kinds].sort()).toEqual([
      ...['access_token', 'authorization_code', 'client_secret', 'configured', 'control'],
      ...['id_token', 'refresh_token', 'service', 'session', 'ticket'],
    ])
    expect(leaks(reports, secrets)).toEqual({})
  })

  test.each<[string, (secret: string) => string | Buffer]>([
    ['raw', (secret) => secret],
    ['15 characters of it', (secret) => secret.slice(5, 20)],
    ['percent-encoded', (secret) => [...secret].map((char) => `%${char.charCodeAt(0).toString(16)}`).join('')],
    ['base64', (secret) => btoa(secret)],
    ['base64 behind one byte', (secret) => btoa(`"${secret}"`)],
    ['base64url behind two bytes', (secret) => Buffer.from(`{"${secret}`).toString('base64url')],
    ['hex', (secret) => Buffer.from(secret).toString('hex')],
    ['reversed', (secret) => [...secret].reverse().join('')],
    ['UTF-16LE', (secret) => Buffer.from(secret, 'utf16le')],
    ['UTF-16BE', (secret) => Buffer.from(secret, 'utf16le').swap16()],
    ['JSON-escaped', (secret) => JSON.stringify({ text: `/${secret}/` }).replaceAll('/', '\\/')],
    ['HTML-escaped', (secret) => [...secret].map((char) => `&#${char.charCodeAt(0)};`).join('')],
  ])('while one that is put into a copy of a report is found: %s', (_, spell) => {
    // One of each kind: of the issued, the last ones; then session cookies, control key, configured secret.
    const chosen = [...new Map(secrets.map((secret) => [secret.what.split(' ')[0], secret])).values()]
    const find = createFinder(chosen)
    const page = reports.get('junit.xml')!
    const at = page.length >> 1
    for (const { what, value } of chosen) {
      const planted = Buffer.concat([page.subarray(0, at), Buffer.from(spell(value)), page.subarray(at)])
      expect(find(planted).join(), what).toContain(what)
    }
    expect(find(page)).toEqual([])
  })
})

test('the key by which machines call a target is sent, and in no report', async () => {
  const { ended, reports, before } = await run('service', 'reference', ['--check', 'substitution/isolation/service'])
  expect(ended).toMatchObject({ code: 0, stderr: '' })
  expect(reports.get('evidence/service-call.json')?.toString()).toContain('Bearer ⟦TOKENWARD_SERVICE_KEY#1⟧')
  expect(leaks(reports, await everySecret({ after: before }))).toEqual({})
})

describe('a target that fails', () => {
  test('with secrets in the addresses that it sends people to', async () => {
    const issued = async (kind: string) =>
      (await lab.provider.journal()).findLast((entry) => entry.type === 'issued' && entry.kind === kind) as JournalIssued
    let hops = 0
    const target = await startLeakyTarget(lab.provider, {
      mutants: [],
      probesPath,
      async detour(_, url) {
        if (!/^\/(app|loop)/.test(url)) return null
        hops += 1
        const [code, token] = [await issued('authorization_code'), await issued('access_token')]
        return `/loop/${code.value}/${Buffer.from(token.value).toString('base64url')}/${hops}`
      },
    })
    const { ended, reports } = await run('loop', `appsmith:${target.baseUrl}`, ['--suite', 'validation'])
    await target.stop()
    expect(ended.code).toBe(3)
    for (const name of EACH_FILE.slice(2))
      expect(reports.get(name)?.toString(), name).toMatch(/\/loop\/⟦authorization_code \S+#\d+⟧\/⟦access_token/)
    expect(leaks(reports, await everySecret({ target }))).toEqual({})
  })

  test('and dies, with secrets on its lips', async () => {
    const { target } = hostileTarget('telltale', { ready: '/api/v1/users/me' })
    // A credential on the command line is printed too: in the address, and in what repeats a check.
    const command = `command:${process.execPath} ${join(import.meta.dirname, 'testing/telltale-target.ts')} ${VAULT}`
    const { ended, reports, before } = await run('died', target, ['--suite', 'exposure', '--target', command])
    expect(ended.code).toBe(3)
    const report = JSON.parse(reports.get('run.json')!.toString()) as Run
    for (const shown of [report.target.address, report.checks[0]!.repeat]) expect(shown).toContain('telltale-target.ts ⟦vault#1⟧')
    expect(ended.stderr).toMatch(/upstream refused ⟦access_token/)
    for (const marker of ['⟦refresh_token', '⟦client_secret', '⟦vault']) expect(ended.stderr).toContain(marker)
    expect(leaks(reports, await everySecret({ after: before }))).toEqual({})
  })
})
