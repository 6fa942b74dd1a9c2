import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import type { UserError } from '../errors.ts'
import { loadConfig } from './load.ts'

const folder = mkdtempSync(join(tmpdir(), 'tokenward-config-'))
afterAll(() => rmSync(folder, { recursive: true }))
let made = 0

/** A working directory with these files. */
function directory(files: Record<string, string>): string {
  const path = join(folder, String(++made))
  mkdirSync(path)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true })
    writeFileSync(join(path, name), text)
  }
  return path
}

async function messageOf(load: Promise<unknown>): Promise<string> {
  const error = (await load.then(
    () => expect.fail('the configuration was accepted'),
    (reason) => reason,
  )) as UserError
  expect(error).toMatchObject({ name: 'UserError', exitCode: 2 })
  return error.message
}

const json = (config: unknown) => directory({ 'tokenward.config.json': JSON.stringify(config) })

/** The problems of a configuration, without the line that names the file. */
async function problems(config: unknown): Promise<string[]> {
  const message = await messageOf(loadConfig(undefined, json(config)))
  expect(message.split('\n')[0]).toMatch(/tokenward\.config\.json is not a valid configuration:$/)
  return message.split('\n').slice(1)
}

const DEFINE = pathToFileURL(join(import.meta.dirname, 'define.ts')).href
const TYPED = `
import { defineConfig } from '${DEFINE}'
const concurrency: number = 3
export default defineConfig({ profile: 'tokens', concurrency })
`

describe('loadConfig reads', () => {
  test.each([
    ['ts', TYPED],
    ['mts', TYPED],
    ['js', "export default { profile: 'tokens', concurrency: 3 }"],
    ['mjs', "export default { profile: 'tokens', concurrency: 3 }"],
    ['json', '{ "profile": "tokens", "concurrency": 3 }'],
  ])('tokenward.config.%s in the working directory', async (extension, text) => {
    const cwd = directory({ [`tokenward.config.${extension}`]: text, 'package.json': '{"type":"module"}' })
    expect(await loadConfig(undefined, cwd)).toEqual({
      config: { profile: 'tokens', concurrency: 3 },
      path: join(cwd, `tokenward.config.${extension}`),
      directory: cwd,
    })
  })

  test('the file that is named, relative to the working directory; its folder is what its paths refer to', async () => {
    const cwd = directory({ 'conf/staging.json': '{"profile":"tokens"}', 'tokenward.config.json': '{"profile":"strict"}' })
    const loaded = await loadConfig('conf/staging.json', cwd)
    expect([loaded.config.profile, loaded.directory]).toEqual(['tokens', join(cwd, 'conf')])
  })

  test('nothing where there is none, and nothing from above', async () => {
    const cwd = join(directory({ 'tokenward.config.json': '{}', 'below/x': '' }), 'below')
    expect(await loadConfig(undefined, cwd)).toEqual({ config: {}, path: null, directory: cwd })
  })
})

describe('loadConfig refuses', () => {
  test('a file that is not there', async () => {
    expect(await messageOf(loadConfig('nowhere.ts', folder))).toBe(
      `There is no configuration file at ${join(folder, 'nowhere.ts')}. Check --config, or leave it out to use the defaults.`,
    )
  })

  test.each([
    ['tokenward.config.json', '{ "profile": ', 'JSON'],
    ['tokenward.config.mjs', 'export default {', ''],
    ['tokenward.config.mjs', "throw new Error('thrown by its author')", 'thrown by its author'],
    ['tokenward.config.mjs', 'export const config = {}', 'it has no default export; write `export default defineConfig'],
  ])('a broken file: %s %s', async (name, text, told) => {
    const message = await messageOf(loadConfig(undefined, directory({ [name]: text })))
    expect(message).toMatch(/tokenward\.config\.\w+ could not be read: ./)
    expect(message).toContain(told)
  })

  test('all problems at once, each with its path first', async () => {
    expect(await problems({ concurrency: 0, failOn: 'maybe', port: 70_000, secrets: { db: 'plain' }, consent: 'x' })).toEqual([
      expect.stringMatching(/^ {2}failOn: ./),
      expect.stringMatching(/^ {2}concurrency: ./),
      expect.stringMatching(/^ {2}port: ./),
      expect.stringMatching(/^ {2}consent: ./),
      expect.stringMatching(/^ {2}secrets\.db: ./),
    ])
  })

  test('unknown keys, with the nearest known one, at any depth', async () => {
    expect(await problems({ profil: 'strict', concurency: 1, xyzzy: 1 })).toEqual([
      '  profil: is not known. Did you mean "profile"?',
      '  concurency: is not known. Did you mean "concurrency"?',
      expect.stringMatching(/^ {2}xyzzy: is not known\. Known: .*\bconcurrency\b.* and target\.$/),
    ])
    const identity = { path: '/me', subject: '/sub' }
    const target = {
      adapter: 'http',
      name: 'x',
      url: 'https://x.test',
      login: { path: '/' },
      identity,
      registration: { redirectPth: '/' },
    }
    expect(await problems({ target })).toEqual(['  target.registration.redirectPth: is not known. Did you mean "redirectPath"?'])
  })

  test('what is no object', async () => {
    expect(await problems([])).toEqual([expect.stringMatching(/^ {2}\(top level\): ./)])
    expect(await problems(null)).toEqual([expect.stringMatching(/^ {2}\(top level\): ./)])
    expect(await problems({ target: 5 })).toEqual([expect.stringMatching(/^ {2}target: ./)])
    expect(await problems({ suites: ['a', 1] })).toEqual([expect.stringMatching(/^ {2}suites\[1\]: ./)])
  })

  test('a target that is described badly, by the fields of the description', async () => {
    const lines = await problems({ target: { adapter: 'http', url: 'ftp://x', registration: {} } })
    expect(lines).toEqual(expect.arrayContaining([expect.stringMatching(/^ {2}target\.url: /)]))
    expect(lines).toEqual(expect.arrayContaining([expect.stringMatching(/^ {2}target\.registration\.redirectPath: /)]))
  })
})
