import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ConfigInput } from '../../src/config/schema.ts'
import { configSchema } from '../../src/config/schema.ts'
import { parseCommand } from '../command.ts'
import { endpointSecrets } from './agents.ts'
import { readRunOptions, runFlags } from './options.ts'

const cwd = resolve('/work')
const directory = resolve('/conf')

/** As the command line reads them, with a configuration in another folder. */
function read(args: string[], config: ConfigInput = {}) {
  const { values } = parseCommand('run', { summary: '', options: runFlags, run: async () => 0 }, args)
  return readRunOptions(values, { config: configSchema.parse(config), path: null, directory }, cwd)
}

const configured: ConfigInput = {
  profile: 'tokens',
  suites: ['exposure'],
  checks: ['exposure/raw'],
  reporters: ['junit=conf.xml'],
  out: 'runs',
  failOn: 'warn',
  concurrency: 3,
  port: 4000,
  agent: 'browser',
  browser: { executablePath: 'bin/chrome' },
}

test('defaults', () => {
  expect(read([])).toEqual({
    targets: [],
    profile: 'strict',
    suites: [],
    checks: [],
    reporters: ['console', 'html', 'junit'].map((name) => ({ name, path: null })),
    out: resolve(cwd, 'reports/out'),
    failOn: 'fail',
    concurrency: 8,
    port: 0,
    lab: undefined,
    agents: ['http'],
    browser: {},
    trace: false,
  })
})

test('the configuration goes before defaults, and its paths are relative to it', () => {
  expect(read([], configured)).toMatchObject({
    ...{ profile: 'tokens', suites: ['exposure'], checks: ['exposure/raw'], failOn: 'warn', concurrency: 3, port: 4000 },
    reporters: [{ name: 'junit', path: resolve(directory, 'conf.xml') }],
    out: resolve(directory, 'runs'),
    agents: ['browser'],
    browser: { executablePath: resolve(directory, 'bin/chrome') },
  })
})

test('flags go before the configuration, and their paths are relative to the working directory', () => {
  const flags = [
    'profile=oidc-core',
    'suite=validation',
    'check=validation/nonce',
    'reporter=html=a=b.html',
    'out=x',
    'fail-on=fail',
  ]
  const more = [
    'concurrency=64',
    'port=0',
    'target=reference',
    'lab=http://127.0.0.1:1',
    'agent=all',
    'trace=on-failure',
    'browser-endpoint=ws://127.0.0.1:9/',
  ]
  expect(
    read(
      [...flags, ...more].map((flag) => `--${flag}`),
      configured,
    ),
  ).toEqual({
    ...{ targets: ['reference'], profile: 'oidc-core', suites: ['validation'], checks: ['validation/nonce'] },
    ...{ failOn: 'fail', concurrency: 64, port: 0, lab: 'http://127.0.0.1:1' },
    reporters: [{ name: 'html', path: resolve(cwd, 'a=b.html') }],
    out: resolve(cwd, 'x'),
    ...{ agents: ['http', 'browser'], trace: true, browser: { endpoint: 'ws://127.0.0.1:9/' } },
  })
})

describe('a bad value is told with what would be right', () => {
  test.each([
    ['--agent=bowser', '--agent bowser is not known. Did you mean "browser"? Use http, browser or all.'],
    ['--trace=on', '--trace on is not known. Did you mean "off"? Use off or on-failure.'],
    ['--trace=on-failure', '--trace is for a browser, and --agent http uses none. Add --agent all or --agent browser.'],
    ['--browser-endpoint=ws://x', '--browser-endpoint is for a browser, and --agent http uses none.'],
    ['--fail-on=never', '--fail-on never is not known: use fail or warn.'],
    ['--concurrency=0', '--concurrency 0 is not a whole number from 1 to 64.'],
    ['--concurrency=65', 'from 1 to 64'],
    ['--concurrency=1.5', 'from 1 to 64'],
    ['--concurrency=', 'from 1 to 64'],
    ['--concurrency=1e1', 'from 1 to 64'],
    ['--port=65536', '--port 65536 is not a whole number from 0 to 65535.'],
    ['--port=-1', 'from 0 to 65535'],
    ['--reporter=pdf', 'There is no reporter "pdf". Known: console, html, junit, json, allure.'],
  ])('%s', (flag, expected) => {
    expect(() => read([flag])).toThrow(expect.objectContaining({ name: 'UserError', exitCode: 2 }))
    expect(() => read([flag])).toThrow(expected)
  })

  test('also when it stands in the configuration', () => {
    expect(() => read([], { reporters: ['pdf'] })).toThrow('There is no reporter "pdf"')
  })

  test('an endpoint that is none', () => {
    expect(() => read(['--agent=all', '--browser-endpoint=9222'])).toThrow('Write ws://… or http://…')
  })
})

test('a remote browser is opened by parts of its address: these are secrets', () => {
  const secretsOf = (endpoint?: string) => Object.values(endpointSecrets({ endpoint }))
  expect(secretsOf('wss://somebody:pass-4711@grid.test/?token=abcdef12&a=1')).toEqual(['somebody', 'pass-4711', 'abcdef12'])
  expect(secretsOf('ws://127.0.0.1:9222/devtools/browser/7')).toEqual([])
  expect(secretsOf()).toEqual([])
})
