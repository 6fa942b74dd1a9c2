import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Agent } from '../agent/agent.ts'
import { locateTarget } from './locate.ts'

const empty = { config: {}, path: null, directory: '/' }
const place = { baseUrl: 'http://127.0.0.1:1', issuer: 'http://localhost:2' }
const described = { adapter: 'http', name: 'portal', command: 'node app.js', registration: { redirectPath: '/cb' } }
const whole = { ...described, login: { path: '/login' }, identity: { path: '/me', subject: '/sub' } }

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tokenward-locate-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function written(name: string, content: string): string {
  writeFileSync(join(folder, name), content)
  return `./${name}`
}

const locate = (address: string | undefined) => locateTarget(address, empty, folder)
const moduleOf = (description: object, functions: string) =>
  `import { defineTarget } from '${pathToFileURL(join(import.meta.dirname, 'module.ts')).href}'
  export default defineTarget(${JSON.stringify(description)}, (described) => (${functions}))`

describe('a file is an address', () => {
  test('a configuration brings its own folder, secrets and consent', async () => {
    const config = { target: whole, consent: ['portal.test'], secrets: { key: { env: 'KEY' } } }
    const { source, loaded } = await locate(written('portal.json', JSON.stringify(config)))
    expect(source).toMatchObject({ name: 'portal', launch: { kind: 'spawn', cwd: folder } })
    expect([loaded.directory, loaded.config.consent]).toEqual([folder, ['portal.test']])
  })

  test('a module describes what data can, and works the rest by functions', async () => {
    const functions = `{ signIn: async (agent) => agent.told('signed in'), identity: async () => null, query: async () => described.name, capabilities: ['query'] }`
    const { source } = await locate(written('portal.target.ts', moduleOf(described, functions)))
    const target = source.build(place)
    let told = ''
    await target.signIn({ told: (text: string) => (told = text) } as unknown as Agent, {} as never)
    expect([told, await target.identity({} as Agent), await target.query?.({} as Agent, {} as never)]).toEqual([
      'signed in',
      null,
      'portal',
    ])
    expect([...target.capabilities]).toEqual(expect.arrayContaining(['identity', 'anonymous', 'query']))
  })

  test.each([
    ['./nowhere.ts', /there is no such file/],
    [['empty.json', '{}'], /the file describes no target/],
    [
      ['wrong.json', JSON.stringify({ target: { ...whole, login: {} } })],
      /wrong\.json is not a valid configuration:\n {2}target\.login\.path/,
    ],
    [['wrong.target.ts', moduleOf({ ...described, adapter: 'htp' }, '{}')], /target\.adapter/],
    [
      ['silent.target.ts', moduleOf(described, '{ identity: async () => null }')],
      /no function signIn, nor a `login` in its description/,
    ],
    [['thrower.ts', 'throw new Error("cannot be read")'], /cannot be read/],
  ] as [string | [string, string], RegExp][])('%s is refused with what to do', async (address, told) => {
    const given = typeof address === 'string' ? address : written(...address)
    await expect(locate(given).then(({ source }) => source.build(place))).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringMatching(told),
    })
  })

  test('what only looks like one is an address of its own kind', async () => {
    const { source } = await locate('appsmith:https://apps.example')
    expect(source.address).toBe('appsmith:https://apps.example')
    await expect(locate('https://apps.example/x.ts')).rejects.toThrow('needs a description')
  })
})
