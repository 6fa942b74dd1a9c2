import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Lab, startLab } from '../../providers/local/lab.ts'
import { createHttpAgent } from '../agent/http.ts'
import { loadConfig } from '../config/load.ts'
import { freePort } from '../run/ports.ts'
import { launchTarget } from './launch.ts'
import { registerTarget } from './register.ts'
import { resolveTarget } from './resolve.ts'
import type { Probe } from './target.ts'

/** Descriptions of apps whose login libraries know nothing of us, each worked once from its sign-in to its sign-out. */

const TARGETS = join(import.meta.dirname, '../../fixtures/targets')
const MARKER = '<<APPSMITH_USER_OAUTH2_ACCESS_TOKEN>>'
const request = { method: 'GET', path: '/bearer', headers: [['Authorization', MARKER]], query: [], body: { kind: 'none' } }
const bearer = { name: 'bearer', where: 'action', request, inputs: [] } as unknown as Probe

let lab: Lab
let folder: string
let probesPath: string

beforeAll(async () => {
  lab = await startLab()
  folder = await mkdtemp(join(tmpdir(), 'tokenward-'))
  probesPath = join(folder, 'probes.json')
  await writeFile(probesPath, JSON.stringify({ schemaVersion: 1, sink: lab.sinkUrl, probes: [bearer] }))
})
afterAll(async () => {
  await lab?.stop()
  await rm(folder, { recursive: true, force: true })
})

test.concurrent.each(['authjs', 'better-auth', 'passport-openidconnect', 'hono-oidc-auth'])('%s', async (name) => {
  const source = resolveTarget(undefined, await loadConfig(join(TARGETS, name, 'tokenward.config.ts'), folder))
  if (source.launch.kind !== 'spawn') throw new Error('the configuration does not say how to start the app')
  const baseUrl = `http://127.0.0.1:${await freePort()}`
  const address = await registerTarget(source, lab.provider, { baseUrl, probesPath })
  const running = await launchTarget({ ...source.launch, lab: address, redact: (text) => text })
  try {
    const target = source.build({ baseUrl, issuer: lab.issuer })
    const agents = await Promise.all(
      ['alice', 'bob'].map(async (label) => ({
        account: await lab.provider.arm({ label }),
        agent: createHttpAgent({ name: label }),
      })),
    )
    for (const { account, agent } of agents) {
      expect(await target.identity(agent)).toBeNull()
      await target.signIn(agent, account)
      const issued = (kind: string) => (entry: { type: string; kind?: string }) => entry.type === 'issued' && entry.kind === kind
      const journal = await lab.provider.journal({ account: account.id })
      const identity = await target.identity(agent)
      expect([account.id, account.email]).toContain(identity?.subject)
      if (target.capabilities.has('raw-id-token')) {
        expect(journal.find(issued('id_token'))).toMatchObject({ value: identity?.rawIdToken })
        expect(identity?.idToken).toMatchObject({ sub: account.id, email: account.email })
      }
      if (target.query) {
        const [record] = await lab.provider.sink({ receipt: (await target.query(agent, bearer)).receipt! })
        const sent = record?.headers.find(([header]) => header.toLowerCase() === 'authorization')?.[1]
        expect(journal.find(issued('access_token'))).toMatchObject({ value: sent })
      }
    }
    const [alice, bob] = agents as [(typeof agents)[0], (typeof agents)[0]]
    // In Alice's browser a second person signs in while she is there, and signs out again: Bob's session is another one.
    const carol = await lab.provider.arm({ label: 'carol' })
    await target.signIn(alice.agent, carol)
    expect([carol.id, carol.email]).toContain((await target.identity(alice.agent))?.subject)
    await target.signOut!(alice.agent)
    expect(await target.identity(alice.agent)).toBeNull()
    expect(await target.identity(bob.agent)).not.toBeNull()
  } finally {
    await running.stop()
  }
})
