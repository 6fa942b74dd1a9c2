import { describe, expect, test } from 'vitest'
import { configSchema } from '../config/schema.ts'
import type { UserError } from '../errors.ts'
import { knownAddresses, referenceFlavour, resolveTarget } from './resolve.ts'

const described = {
  adapter: 'http',
  name: 'portal',
  version: '2.14.0',
  url: 'https://portal.test/app/',
  cwd: 'app',
  env: { ID: 'TOKENWARD_CLIENT_ID' },
  registration: { redirectPath: '/cb', clientAuth: 'none', responseMode: 'form_post', pkce: 'required' },
  login: { path: '/login' },
  identity: { path: '/me', subject: '/email' },
}
const withTarget = (target: unknown) => ({ config: configSchema.parse({ target }), directory: '/config' })
const empty = { config: {}, directory: '/config' }

function messageOf(...args: Parameters<typeof resolveTarget>): string {
  try {
    resolveTarget(...args)
  } catch (error) {
    expect(error).toMatchObject({ name: 'UserError', exitCode: 2 })
    return (error as UserError).message
  }
  return expect.fail('the address was resolved')
}

describe('the reference target', () => {
  test('is the default, runs as a process of its own, and speaks Appsmith', () => {
    const source = resolveTarget(undefined, empty)
    expect(source).toMatchObject({
      version: null,
      address: 'reference',
      adapter: 'appsmith',
      launch: { kind: 'spawn', readyPath: '/health' },
    })
    expect(source.spell('header-authorization')).toBe('header_authorization')
    expect(source.registration('http://127.0.0.1:1').redirectUris).toEqual(['http://127.0.0.1:1/login/oauth2/code/oidc'])
    expect(source.build({ baseUrl: 'http://127.0.0.1:1', issuer: 'http://localhost:2' }).baseUrl).toBe('http://127.0.0.1:1')
  })

  test('trusts two issuers, each with an algorithm of its own', () => {
    const { second, registration } = resolveTarget('reference/variant/basic-to-post', empty)
    expect(second?.registration('http://x')).toMatchObject({
      redirectUris: ['http://x/login/oauth2/code/second'],
      clientAuth: 'client_secret_post',
      idTokenAlg: 'ES256',
    })
    expect(registration('http://x').idTokenAlg).toBe('RS256')
    expect(resolveTarget('appsmith:https://apps.example', empty).second).toBeNull()
    const secondIssuer = { login: { path: '/two' }, redirectPath: '/cb2' }
    const source = resolveTarget(undefined, withTarget({ ...described, secondIssuer }))
    expect(source.second?.registration('http://x')).toEqual({
      ...source.registration('http://x'),
      redirectUris: ['http://x/cb2'],
    })
  })

  test('every known address is one', () => {
    expect(knownAddresses().length).toBeGreaterThan(50)
    for (const address of knownAddresses()) expect(resolveTarget(address, empty).address).toBe(address)
  })

  test('a flavour is a word of its command line, and changes what it declares', () => {
    const mutant = resolveTarget('reference/mutant/skips-issuer', empty)
    expect((mutant.launch as { command: string[] }).command.slice(-2)).toEqual(['--mutant', 'skips-issuer'])
    expect(resolveTarget('reference/variant/form-post', empty).registration('http://x').responseMode).toBe('form_post')
    const { declares } = resolveTarget('reference/variant/dates-in-milliseconds', empty).build({
      baseUrl: 'http://x',
      issuer: 'http://y',
    })
    expect(declares.claimEncoding.numericDate).toBe('ms')
    expect(referenceFlavour('reference')).toEqual({})
  })

  test.each(['reference/mutant/skips-isuer', 'reference/mutants/skips-issuer', 'refrence/mutant/skips-issuer'])(
    '%s is not known, but near to one that is',
    (address) => {
      expect(messageOf(address, empty)).toContain(`no target "${address}". Did you mean "reference/mutant/skips-issuer"?`)
    },
  )

  test.each(['reference/', 'reference/mutant', 'reference/mutant/constructor', 'reference/variant/toString', '', 'nonsense'])(
    '"%s" is not known',
    (address) => {
      expect(messageOf(address, empty)).toContain(`no target "${address}".`)
    },
  )
})

describe('an Appsmith installation', () => {
  test('runs already, at its URL', () => {
    expect(resolveTarget('appsmith:https://apps.example:8443//', empty)).toMatchObject({
      name: 'apps.example:8443',
      adapter: 'appsmith',
      launch: { kind: 'running', baseUrl: 'https://apps.example:8443' },
    })
  })

  test.each(['appsmith:', 'appsmith:apps.example', 'appsmith:localhost:8080', 'appsmith:ftp://apps.example'])(
    '%s is no URL',
    (address) => {
      expect(messageOf(address, empty)).toContain('is not a URL. Write appsmith:https://')
    },
  )

  test('has no credentials in its URL: addresses are printed', () => {
    const message = messageOf('appsmith:https://kate:hush@apps.example', empty)
    expect(message).toContain('apps.example holds a user name or password')
    expect(message).not.toMatch(/kate|hush/)
  })
})

describe('a described target', () => {
  test('of the configuration, as it is', () => {
    const source = resolveTarget(undefined, withTarget(described))
    expect(source).toMatchObject({
      name: 'portal',
      version: '2.14.0',
      address: 'https://portal.test/app/',
      adapter: 'http',
      redirectPath: '/cb',
      launch: { kind: 'running', baseUrl: 'https://portal.test/app' },
    })
    expect(source.registration('http://x')).toEqual({
      redirectUris: ['http://x/cb'],
      postLogoutRedirectUris: ['http://x/'],
      clientAuth: 'none',
      idTokenAlg: 'RS256',
      scope: 'openid email profile offline_access',
      responseMode: 'form_post',
      pkce: 'required',
    })
    expect(source.spell('header-authorization')).toBe('header-authorization')
    expect(source.spelling.marker.text).toBe('<<APPSMITH_USER_OAUTH2_ACCESS_TOKEN>>')
  })

  test('with placeholders of its own, and further places for the provider to answer at', () => {
    const registration = { ...described.registration, furtherRedirectPaths: ['/admin/cb'] }
    const source = resolveTarget(undefined, withTarget({ ...described, registration, placeholders: { accessToken: '%TOKEN%' } }))
    expect(source.spelling.marker.text).toBe('%TOKEN%')
    expect(source.build({ baseUrl: 'http://x', issuer: 'http://i' }).spelling.marker.text).toBe('%TOKEN%')
    expect(source.registration('http://x').redirectUris).toEqual(['http://x/cb', 'http://x/admin/cb'])
  })

  test('elsewhere, or started, by the address of the command line', () => {
    const elsewhere = resolveTarget('http://127.0.0.1:9', withTarget(described))
    expect(elsewhere.launch).toEqual({ kind: 'running', baseUrl: 'http://127.0.0.1:9' })
    const started = resolveTarget('command:"node app.js"', withTarget(described))
    expect(started.launch).toMatchObject({
      kind: 'spawn',
      command: 'node app.js',
      cwd: '/config/app',
      rename: { ID: 'TOKENWARD_CLIENT_ID' },
      readyPath: '/',
      readyTimeoutMs: 30_000,
    })
  })

  test('in a container, by the configuration or the command line', () => {
    const { url: _url, ...rest } = described
    const container = { dockerfile: 'Dockerfile', context: 'image', buildArgs: { A: 'b' }, port: 80 }
    expect(resolveTarget(undefined, withTarget({ ...rest, container }))).toMatchObject({
      address: 'dockerfile:Dockerfile',
      launch: {
        ...{ kind: 'container', port: 80, rename: { ID: 'TOKENWARD_CLIENT_ID' }, readyPath: '/' },
        image: { kind: 'built', context: '/config/image', dockerfile: 'Dockerfile', buildArgs: { A: 'b' } },
      },
    })
    const image = { kind: 'named', name: 'acme/portal:1.4' }
    const named = resolveTarget('image:acme/portal:1.4', withTarget(described))
    expect(named).toMatchObject({ address: 'image:acme/portal:1.4', launch: { kind: 'container', port: 8080, image } })
    expect(resolveTarget('image:acme/portal:1.4', withTarget({ ...rest, container })).launch).toMatchObject({ port: 80, image })
    expect(resolveTarget('http://127.0.0.1:9', withTarget({ ...rest, container })).launch.kind).toBe('running')
    expect(messageOf('image:', withTarget(described))).toContain('image: names no image')
  })

  test('an absolute working directory stays one', () => {
    const { url: _url, ...rest } = described
    const source = resolveTarget(undefined, withTarget({ ...rest, command: ['/usr/bin/node', 'app.js'], cwd: '/srv/app' }))
    expect(source).toMatchObject({
      address: 'command:node app.js',
      launch: { cwd: '/srv/app', command: ['/usr/bin/node', 'app.js'] },
    })
  })

  test('the command line goes before an address in the configuration', () => {
    expect(resolveTarget(undefined, withTarget('reference/mutant/skips-issuer')).address).toBe('reference/mutant/skips-issuer')
    expect(resolveTarget('reference', withTarget('reference/mutant/skips-issuer')).address).toBe('reference')
    expect(resolveTarget('reference', withTarget(described)).adapter).toBe('appsmith')
  })

  test.each(['https://portal.test', 'command:"node app.js"', 'image:acme/portal:1.4'])('%s needs a description', (address) => {
    expect(messageOf(address, empty)).toContain('needs a description')
  })

  test('a URL that is none is refused', () => {
    expect(messageOf('https://', withTarget(described))).toContain('no target "https://"')
  })
})
