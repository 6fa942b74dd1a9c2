import { randomBytes } from 'node:crypto'
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Lab, startLab } from '../providers/local/lab.ts'
import type { JournalIssued } from '../providers/provider.ts'
import { resolveTarget } from '../src/target/resolve.ts'
import { probePack } from './commands/probes.ts'
import { createPlace, type Ended, type Place } from './e2e/tokenward.ts'
import { createFinder, type Hidden } from './testing/finder.ts'
import { type LeakyTarget, startLeakyTarget } from './testing/leaky-target.ts'

const REPORTERS = ['console', 'html', 'junit', 'json', 'allure'].flatMap((name) => ['--reporter', name])
const VAULT = `vault-${randomBytes(24).toString('base64url')}`
const CONTROL = 'control'

let lab: Lab
let place: Place

beforeAll(async () => {
  lab = await startLab()
  place = createPlace()
  place.write('probes.json', probePack(resolveTarget('reference', { config: {}, directory: '.' }), lab.sinkUrl))
})
afterAll(async () => {
  await lab.stop()
  place.remove()
})

function readAll(folder: string): Map<string, Buffer> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return new Map(
    files.map((entry) => [
      relative(folder, join(entry.parentPath, entry.name)),
      readFileSync(join(entry.parentPath, entry.name)),
    ]),
  )
}

/** Every part that is secret: an opaque value is as a whole, a JWT is by its signature and by the claims that exist nowhere else. */
function partsOf({ kind, value, jti, canary, account }: JournalIssued): Hidden[] {
  const what = `${kind} of ${account}`
  const parts = value.split('.')
  const isJwt = parts.length === 3 && parts[0]!.startsWith('eyJ')
  const values = isJwt ? [parts[2]!, jti, canary] : [value]
  return values.flatMap((part) => (part && part.length >= 15 ? { what, value: part } : []))
}

async function hidden(target?: LeakyTarget): Promise<Hidden[]> {
  const issued = (await lab.provider.journal()).filter((entry): entry is JournalIssued => entry.type === 'issued')
  return [
    ...issued.flatMap(partsOf),
    ...[...(target?.cookies ?? [])].filter((value) => value.length >= 16).map((value) => ({ what: 'cookie', value })),
    { what: 'control key', value: lab.controlKey },
    { what: 'configured secret', value: VAULT },
  ]
}

test('x', async () => {
  const target = await startLeakyTarget(lab.provider, {
    mutants: [
      'access-token-in-profile',
      'access-token-base64-in-settings',
      'access-token-hex-in-etag',
      'access-token-split-over-cookies',
      'access-token-in-redirect',
      'access-token-in-pixel',
      'access-token-in-json-cookie',
      'access-token-claims-in-profile',
      'refresh-token-reversed-in-profile',
      'refresh-token-in-urlencoded-cookie',
      'client-credentials-base64-in-settings',
      'echo-query',
      'echo-query-percent-encoded',
      'echo-json-nested',
      'error-echoes-request',
      'viewer-gets-echo',
      'renders-claims-in-profile',
    ],
    headers: { 'x-vault': VAULT, 'x-vault-64': Buffer.from(`x${VAULT}`).toString('base64') },
    probesPath: join(place.cwd, 'probes.json'),
  })
  const config = place.write('c.json', { target: `appsmith:${target.baseUrl}`, secrets: { vault: { env: 'VAULT_KEY' } } })
  console.time('run')
  const ended = await place.run(
    ['run', '--config', config, '--lab', lab.controlUrl, ...REPORTERS, '--out', join(place.cwd, 'a')],
    { env: { TOKENWARD_LAB_KEY: lab.controlKey, VAULT_KEY: VAULT } },
  )
  console.timeEnd('run')
  console.log(ended.code, ended.stdout.slice(-1500), ended.stderr)
  const all = await hidden(target)
  console.log(all.length)
  console.time('build')
  const find = createFinder(all)
  console.timeEnd('build')
  console.time('find')
  let bytes = 0
  const files = readAll(join(place.cwd, 'a'))
  files.set('stdout', Buffer.from(ended.stdout))
  files.set('stderr', Buffer.from(ended.stderr))
  for (const [name, b] of files) {
    bytes += b.length
    const f = find(b)
    if (f.length) console.log(name, f.length, f.slice(0, 6))
  }
  console.log(bytes)
  console.timeEnd('find')
  await target.stop()
}, 60000)
