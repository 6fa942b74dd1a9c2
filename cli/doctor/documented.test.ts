import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, test, vi } from 'vitest'
import { parseConfig } from '../../src/config/problems.ts'
import { locateTarget } from '../../src/target/locate.ts'
import doctor from '../commands/doctor.ts'

/** What docs/targets.md shows is what works. */

const ROOT = join(import.meta.dirname, '../..')
const page = readFileSync(join(ROOT, 'docs/targets.md'), 'utf8')
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, text]) => text!)
const [smallest = ''] = blocks('json')

const cwd = mkdtempSync(join(tmpdir(), 'tokenward-documented-'))
afterAll(() => {
  vi.unstubAllEnvs()
  rmSync(cwd, { recursive: true })
})

test('the smallest description has ten lines, and signs in at an app that no one here wrote', async () => {
  expect(smallest.trim().split('\n').length).toBeLessThanOrEqual(11)
  writeFileSync(join(cwd, 'tokenward.config.json'), smallest)
  const app = pathToFileURL(join(ROOT, 'fixtures/targets/express-openid-connect/app.ts')).href
  writeFileSync(join(cwd, 'package.json'), '{"type":"module"}')
  writeFileSync(join(cwd, 'server.js'), `import '${app}'`)
  // `node server.js` finds this Node first, and no browser is looked for.
  vi.stubEnv('PATH', [dirname(process.execPath), process.env.PATH].join(delimiter))
  let said = ''
  const stream = { write: (text: string) => (said += text) }
  const code = await doctor.run({ format: 'json' }, [], { stdout: stream, stderr: stream, env: { PATH: '' }, cwd } as never)
  const { target } = JSON.parse(said)
  const ends = target.steps.map(({ step, state }: { step: string; state: string }) => `${step} ${state}`)
  expect([code, ends]).toEqual([
    0,
    expect.arrayContaining(['login ok', 'client-auth ok', 'honest-login ok', 'bad-login ok', 'query not-tried']),
  ])
})

test.each(blocks('ts'))('each part of a description is a valid one:\n%s', (part) => {
  const { command, ...target } = JSON.parse(smallest).target
  const more = Function(`return {${part}}`)()
  const started = 'container' in more ? {} : { command }
  expect(parseConfig({ target: { ...target, ...started, ...more } })).toHaveProperty('config')
})

test('a module is a target', async () => {
  const [module = ''] = blocks('typescript')
  writeFileSync(
    join(cwd, 'portal.target.ts'),
    module.replace("'tokenward'", `'${pathToFileURL(join(ROOT, 'src/index.ts')).href}'`),
  )
  const { source } = await locateTarget('./portal.target.ts', { config: {}, path: null, directory: cwd }, cwd)
  const target = source.build({ baseUrl: 'http://127.0.0.1:1', issuer: 'http://localhost:2' })
  const asked: string[] = []
  const agent = { setCookie: (at: string) => asked.push(at), navigate: async (url: string) => asked.push(url) }
  const account = { ticket: 'one', ticketUrl: 'http://localhost:2/ticket/one' }
  await target.signIn(agent as never, account as never)
  expect(asked).toEqual(['http://localhost:2', 'http://127.0.0.1:1/login', 'http://127.0.0.1:1/login/continue'])
})

test('mistakes are told as the page says', () => {
  const { target } = JSON.parse(smallest)
  const wrong = {
    ...{ ...target, redirectPath: '/callback' },
    registration: { ...target.registration, clientAuth: 'basic' },
    identity: { ...target.identity, subject: 'email' },
  }
  const told = parseConfig({ target: wrong })
  const shown = page.split('is not a valid configuration:\n')[1]?.split('\n```')[0]?.split('\n')
  expect('problems' in told && told.problems.toSorted()).toEqual(shown?.toSorted())
})
