import { expect, test } from 'vitest'
import { type ConfigInput, configSchema } from './schema.ts'

const described = {
  adapter: 'http',
  name: 'portal',
  url: 'https://portal.test',
  registration: { redirectPath: '/callback' },
  login: { path: '/login' },
  identity: { path: '/me', anonymous: { status: [401] }, subject: '/email' },
  policy: { pattern: 'bff' },
} satisfies ConfigInput['target']

const parse = (target: object) => configSchema.safeParse({ target })

test('fills in the defaults of a described target', () => {
  expect(parse(described).data?.target).toMatchObject({
    ready: '/',
    readyTimeoutMs: 30_000,
    env: {},
    registration: { clientAuth: 'client_secret_basic', idTokenAlg: 'RS256', postLogoutPath: '/' },
  })
})

test('a target is where it is or how it is started, never both or neither', () => {
  const { url: _url, ...nowhere } = described
  expect(parse({ ...nowhere, command: 'node app.js' }).success).toBe(true)
  expect(parse({ ...nowhere, command: ['node', 'app.js'] }).success).toBe(true)
  const container = { image: 'acme/portal:1.4' }
  expect(parse({ ...nowhere, container }).success).toBe(true)
  expect(parse({ ...nowhere, container: { dockerfile: 'Dockerfile', image: 'both' } }).success).toBe(false)
  for (const target of [nowhere, { ...described, command: 'node app.js' }, { ...described, container }])
    expect(parse(target).error?.issues).toEqual([
      expect.objectContaining({ path: ['target', 'command'], message: expect.stringContaining('exactly one of `url`') }),
    ])
})

test('secrets stand in the configuration by reference only', () => {
  const secrets = (db: unknown) => configSchema.safeParse({ secrets: { db } }).success
  expect([{ env: 'DB' }, { file: 'db.txt' }].map(secrets)).toEqual([true, true])
  expect(['plain', { value: 'plain' }, { env: '' }, { env: 'A', file: 'b' }].map(secrets)).toEqual([false, false, false, false])
})
