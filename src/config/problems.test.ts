import { describe, expect, test } from 'vitest'
import { parseConfig } from './problems.ts'

const described = {
  adapter: 'http',
  name: 'portal',
  url: 'https://portal.test',
  registration: { redirectPath: '/callback' },
  login: { path: '/login' },
  identity: { path: '/me', subject: '/email' },
}

function problems(config: unknown): string[] {
  const parsed = parseConfig(config)
  return 'problems' in parsed ? parsed.problems.map((line) => line.replace(/^ {2}/, '')) : expect.fail('it was accepted')
}

const ofTarget = (more: object) => problems({ target: { ...described, ...more } })
const ofIdentity = (more: object) => ofTarget({ identity: { ...described.identity, ...more } })

/** What a stranger gets wrong, and what he reads then: where, what stands there, and what should. */
describe('a mistake is told by its field, by what was found and by what is expected', () => {
  test.each<[string, string[], string[]]>([
    [
      'a path without its slash',
      ofTarget({ registration: { redirectPath: 'callback' } }),
      ['target.registration.redirectPath: is "callback", and must be a path that begins with /.'],
    ],
    [
      'a path that is a whole address',
      ofTarget({ login: { path: 'https://portal.test/login' } }),
      ['target.login.path: is "https://portal.test/login", and must begin with /: paths are relative to the base URL.'],
    ],
    [
      'a value that is none of those known',
      ofTarget({ registration: { redirectPath: '/', clientAuth: 'client_secret_pots' } }),
      [
        'target.registration.clientAuth: is "client_secret_pots", and must be "client_secret_basic", "client_secret_post" or "none". Did you mean "client_secret_post"?',
      ],
    ],
    ['a text for an object', ofTarget({ login: '/login' }), ['target.login: is "/login", and must be an object with path.']],
    ['a field that is missing', ofTarget({ login: undefined }), ['target.login: is missing. It must be an object with path.']],
    [
      'a property for a pointer',
      ofIdentity({ subject: 'email' }),
      ['target.identity.subject: is "email", and must be a JSON pointer, such as /data/email.'],
    ],
    [
      'a number for a list of numbers',
      ofIdentity({ anonymous: { status: 401 } }),
      [
        'target.identity.anonymous.status: is 401, and must be a list that is not empty, each of it a whole number from 100 to 599.',
      ],
    ],
    [
      'neither of two forms',
      ofIdentity({ anonymous: 401 }),
      ['target.identity.anonymous: is 401, and must be an object with status or an object with pointer and equals.'],
    ],
    [
      'neither an address nor a command',
      ofTarget({ url: undefined }),
      [
        'target.command: needs exactly one of `url` (the target runs already), `command` (tokenward starts it) and `container` (in a container).',
      ],
    ],
    [
      'an address of another scheme',
      ofTarget({ url: 'ftp://portal.test' }),
      ['target.url: is "ftp://portal.test", and must be an address that begins with http:// or https://.'],
    ],
    [
      'a pattern without its reason',
      ofTarget({ policy: { pattern: 'token-mediating' } }),
      ['target.policy.reasons.pattern: a pattern other than bff needs its reason, with a source.'],
    ],
    [
      'a member of a list',
      ofTarget({
        surfaces: [
          { name: 'home', path: '/' },
          { name: 'about', path: '/about', kind: 'html' },
        ],
      }),
      ['target.surfaces[1].kind: is "html", and must be "page", "api" or "stream".'],
    ],
    ['a number out of range', problems({ concurrency: 0 }), ['concurrency: is 0, and must be a whole number from 1 to 64.']],
    ['no object at all', problems([]), ['(top level): is an empty list, and must be an object.']],
    ['a target that is neither', problems({ target: 5 }), ['target: is 5, and must be a text that is not empty or an object.']],
    [
      'a long text',
      problems({ agent: 'the one that Mary installed on the old machine' }),
      ['agent: is "the one that Mary installed on the old m…", and must be "http", "browser" or "all".'],
    ],
  ])('%s', (_what, told, expected) => {
    expect(told).toEqual(expected)
  })
})

describe('a key that is not known', () => {
  test('is told with the nearest of the same object, though others are nearer elsewhere; and is not told as missing too', () => {
    // `redirectPath` is a key of `secondIssuer` as well, `path` one of many objects.
    expect(ofTarget({ registration: { redirectpath: '/cb' } })).toEqual([
      'target.registration.redirectpath: is not known. Did you mean "redirectPath"?',
    ])
    expect(ofTarget({ query: { path: '/q', paths: [] } })).toEqual(['target.query.paths: is not known. Did you mean "path"?'])
    expect(ofIdentity({ anonymous: { statuses: [401] } })).toEqual([
      'target.identity.anonymous.statuses: is not known. Did you mean "status"?',
    ])
  })

  test('is told with its place, where it is known in another', () => {
    expect(ofTarget({ clientAuth: 'none' })).toEqual([
      'target.clientAuth: is not known here. It belongs at target.registration.clientAuth.',
    ])
    expect(problems({ executablePath: '/x' })).toEqual([
      'executablePath: is not known here. It belongs at browser.executablePath.',
    ])
  })

  test('or with all that are known', () => {
    expect(ofTarget({ login: { path: '/login', href: '/' } })).toEqual([
      'target.login.href: is not known in target.login. Known: fields, follow, json, method, path and whileSignedIn.',
    ])
  })
})

describe('a credential is never shown', () => {
  const SECRET = 'hunter2-hunter2'
  const JWT = 'eyJhbGciOiJub25lIn0.e30.x'
  test.each<[string, unknown]>([
    ['as a secret', { secrets: { db: SECRET } }],
    ['as the member of a secret', { secrets: { db: { env: 'A', value: SECRET } } }],
    ['in a header that is no text', { target: { ...described, headers: { authorization: [SECRET] } } }],
    ['as all headers', { target: { ...described, headers: SECRET } }],
    ['under a name that says so', { target: { ...described, env: { DB_PASSWORD: 12345678 } } }],
    ['as a token', { failOn: JWT }],
    ['as a bearer token', { failOn: `Bearer ${SECRET}` }],
    ['in an address', { target: { ...described, url: `ftp://mary:${SECRET}@portal.test` } }],
    ['as what is long and random', { failOn: 'aB3dE5fG7hJ9kL1mN3pQ5rS7' }],
  ])('%s', (_where, config) => {
    const told = problems(config).join('\n')
    expect(told).not.toBe('')
    for (const secret of [SECRET, JWT, '12345678', 'aB3dE5']) expect(told).not.toContain(secret)
  })
})
