import { describe, expect, test } from 'vitest'
import { anatomyOf, isUnsecured, withOtherSubject } from './anatomy.ts'

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const header = part({ alg: 'RS256', typ: 'JWT' })
const payload = part({ sub: 'alice', __proto__: 'own' })

describe('the anatomy of', () => {
  test('a compact JWS', () => {
    const right = { parts: 3, misencoded: [], header: { alg: 'RS256', typ: 'JWT' }, payload: { sub: 'alice' } }
    expect(anatomyOf(`${header}.${payload}.c2ln\n`)).toEqual(right)
  })

  test.each([
    ['no signature', `${header}.${payload}.`, { parts: 2, misencoded: [] }],
    ['padding', `${header}.${payload}.c2lnbg==`, { parts: 3, misencoded: ['signature'] }],
    ['the other alphabet', `${header}.${payload}.a+b/`, { parts: 3, misencoded: ['signature'] }],
    ['a scheme before it', `Bearer ${header}.${payload}.c2ln`, { misencoded: ['header'], header: null }],
    ['five parts', 'a.b.c.d.e', { parts: 5, header: null, payload: null }],
    ['no dots', 'opaque', { parts: 1, header: null, payload: null }],
    ['payload of no object', `${header}.${part([1])}.c2ln`, { payload: null }],
    ['payload of no JSON', `${header}.c2ln.c2ln`, { payload: null }],
  ])('%s', (_, raw, expected) => {
    expect(anatomyOf(raw)).toMatchObject(expected)
  })
})

test('another subject stands under the old signature', () => {
  const changed = withOtherSubject(`${header}.${payload}.c2ln`)!
  expect(changed).toMatch(new RegExp(`^${header}\\.[\\w-]+\\.c2ln$`))
  expect(anatomyOf(changed).payload?.sub).toBe('alice-changed')
  expect(withOtherSubject('opaque')).toBeNull()
})

test.each([
  ['none', true],
  ['nOnE', true],
  ['RS256', false],
  [7, false],
])('alg %j is unsecured: %j', (alg, expected) => {
  expect(isUnsecured(`${part({ alg })}.${payload}.`)).toBe(expected)
})
