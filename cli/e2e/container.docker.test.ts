import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { type ContainerEngine, openEngine } from '../../src/target/container-engine.ts'
import { expectIncomplete, expectMessage, expectPartial } from './expect.ts'
import { hostileTarget, inPlace, type Place, type Started } from './tokenward.ts'

const CONTEXT = join(import.meta.dirname, '../../fixtures/targets/container')
const SOCKET = process.env.DOCKER_HOST?.replace(/^unix:\/\//, '') ?? '/var/run/docker.sock'

let engine: ContainerEngine
beforeAll(async () => {
  engine = await openEngine()
}, 60_000)

/** A target that is ready at once and then answers nothing, so that its run goes on until somebody ends it. */
function configure(place: Place): void {
  const container = { dockerfile: 'Dockerfile', context: CONTEXT, buildArgs: { MODE: 'hangs' } }
  place.write('tokenward.config.json', hostileTarget('hangs', { command: undefined, container, ready: '/' }))
}

/** Containers of that process of tokenward's. */
async function containersOf({ child }: Started): Promise<string[]> {
  const label = [`dev.tokenward.owner=${hostname()}/${child.pid}`]
  return (await engine.docker.listContainers({ all: true, filters: { label } })).map(({ Id }) => Id)
}

/** What the container printed is kept, without the client secret that it printed. */
function expectCleanLog({ cwd }: Place): void {
  const out = join(cwd, 'reports/out')
  const [folder] = readdirSync(out).filter((name) => existsSync(join(out, name, 'target.log')))
  expect(readFileSync(join(out, folder!, 'target.log'), 'utf8')).toMatch(/^started as hangs with the secret ⟦client_secret#1⟧\n/)
}

test('Ctrl-C removes the container, and its log is kept', async () => {
  await inPlace(async (place) => {
    configure(place)
    const run = place.start(['run'])
    await run.says('checks planned')
    expect(await containersOf(run)).toHaveLength(1)
    run.child.kill('SIGINT')
    await expectPartial(place, await run.ended, { code: 130, problem: 'Interrupted by Ctrl-C.' })
    expect(await containersOf(run)).toEqual([])
    expectCleanLog(place)
  })
})

test('what a killed run left is removed by the next, which leaves those of other runs alone', async () => {
  await inPlace(async (place) => {
    configure(place)
    const [killed, other] = [place.start(['run']), place.start(['run', '--out', 'other'])]
    await Promise.all([killed.says('checks planned'), other.says('checks planned')])
    killed.child.kill('SIGKILL')
    await killed.ended
    expect(await containersOf(killed)).toHaveLength(1)
    const next = await place.run(['run', '--target', 'image:localhost:1/tokenward/none:1'])
    expect(next.code).toBe(3)
    expectMessage(next, 'could not be pulled')
    expect(await containersOf(killed)).toEqual([])
    expect(await containersOf(other)).toHaveLength(1)
    other.child.kill('SIGTERM')
    expect((await other.ended).code).toBe(143)
    expect(await containersOf(other)).toEqual([])
  })
})

test('an engine that stops half way', async () => {
  await inPlace(async (place) => {
    configure(place)
    const path = join(place.cwd, 'engine.sock')
    const stop = await relay(path)
    const run = place.start(['run'], { env: { DOCKER_HOST: `unix://${path}` } })
    await run.says('checks planned')
    stop()
    const told = 'the container engine stopped answering'
    const ended = await run.ended
    await expectIncomplete(place, ended, { code: 3, told, problem: 'The target died before the run was over' })
    expect(ended.stderr).toContain('the next run removes it; by hand: docker rm -f ')
    expect(ended.stderr).toContain('started as hangs with the secret ⟦client_secret#1⟧')
    expect(await containersOf(run)).toHaveLength(1)
    await place.run(['run', '--target', 'image:localhost:1/tokenward/none:1', '--out', 'next'])
    expect(await containersOf(run)).toEqual([])
  })
})

test('no engine', async () => {
  await inPlace(async (place) => {
    configure(place)
    const ended = await place.run(['run'], { env: { DOCKER_HOST: `unix://${place.cwd}/nothing.sock` } })
    await expectIncomplete(place, ended, {
      code: 3,
      told: /No container engine answers at DOCKER_HOST .* Start one, or install it first/,
    })
  })
})

/** The engine's socket once more; returns how to take it away, with everything that is under way. */
async function relay(path: string): Promise<() => void> {
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(SOCKET)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {}).on('close', () => [client, upstream].map((each) => each.destroy()))
    }
    client.pipe(upstream).pipe(client)
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  return () => {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
}
