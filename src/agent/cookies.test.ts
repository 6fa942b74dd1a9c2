import { describe, expect, test } from 'vitest'
import { parseCookieDate } from './cookie-parse.ts'
import { type CookieContext, cookieHeader, createCookieJar, FIRST_PARTY } from './cookies.ts'

const NOW = Date.UTC(2026, 0, 1)
const crossGet: CookieContext = { crossSite: true, topLevel: true, safeMethod: true }
const crossPost: CookieContext = { crossSite: true, topLevel: true, safeMethod: false }
const crossFrame: CookieContext = { crossSite: true, topLevel: false, safeMethod: true }

function jarWith(url: string, lines: string[], context = FIRST_PARTY) {
  let now = NOW
  const jar = createCookieJar(() => now)
  const refusals = lines.map((line) => jar.store(new URL(url), line, context))
  return {
    refusals,
    store: (at: string, line: string) => jar.store(new URL(at), line, FIRST_PARTY),
    sent: (to: string, how = FIRST_PARTY) => cookieHeader(jar.matching(new URL(to), how)),
    wait: (seconds: number) => {
      now += seconds * 1000
    },
  }
}

describe('where a cookie goes', () => {
  test.each([
    // set at, line, asked for, sent
    ['http://127.0.0.1:1/', 'a=1', 'http://127.0.0.1:2/any/path', 'a=1'],
    ['http://127.0.0.1/', 'a=1', 'http://localhost/', ''],
    ['http://app.test/', 'a=1', 'http://sub.app.test/', ''],
    ['http://app.test/', 'a=1; Domain=app.test', 'http://sub.app.test/', 'a=1'],
    ['http://sub.app.test/', 'a=1; Domain=.APP.test', 'http://other.app.test/', 'a=1'],
    ['http://sub.app.test/', 'a=1; Domain=app.test', 'http://notapp.test/', ''],
    ['http://sub.app.test/', 'a=1; Domain=', 'http://sub.app.test/', 'a=1'],
    ['http://localhost/', 'a=1; Domain=localhost', 'http://localhost/', 'a=1'],
    ['http://127.0.0.1/', 'a=1; Domain=127.0.0.1', 'http://127.0.0.1/', 'a=1'],
    ['http://app.test/dir/page', 'a=1', 'http://app.test/dir/other', 'a=1'],
    ['http://app.test/dir/page', 'a=1', 'http://app.test/dir', 'a=1'],
    ['http://app.test/dir/page', 'a=1', 'http://app.test/directory', ''],
    ['http://app.test/dir/page', 'a=1; Path=/', 'http://app.test/else', 'a=1'],
    ['http://app.test/dir/page', 'a=1; Path=relative', 'http://app.test/', ''],
    ['http://app.test/', 'a=1; Path=/p/', 'http://app.test/p/q', 'a=1'],
    ['http://app.test/', 'a=1; Path=/p/', 'http://app.test/p', ''],
    ['https://app.test/', 'a=1; Secure', 'https://app.test/', 'a=1'],
    ['https://app.test/', 'a=1; Secure', 'http://app.test/', ''],
    ['http://localhost/', 'a=1; Secure', 'http://localhost:9/', 'a=1'],
    ['http://127.0.0.1/', 'a=1; Secure', 'http://127.0.0.1/', 'a=1'],
    ['http://[::1]/', 'a=1; Secure', 'http://[::1]/', 'a=1'],
    ['https://app.test/', '__Host-a=1; Secure; Path=/', 'https://app.test/x', '__Host-a=1'],
    ['https://app.test/', '__Secure-a=1; Secure', 'https://app.test/', '__Secure-a=1'],
    ['http://app.test/', '=only value', 'http://app.test/', 'only value'],
    ['http://app.test/', 'a="1, 2"; HttpOnly', 'http://app.test/', 'a="1, 2"'],
    ['http://app.test/', 'a=b=c', 'http://app.test/', 'a=b=c'],
  ])('%s sets %s: %s gets "%s"', (at, line, url, expected) => {
    const jar = jarWith(at, [line])
    expect(jar.refusals).toEqual([null])
    expect(jar.sent(url)).toBe(expected)
  })

  test.each([
    ['http://app.test/', 'a=1; Secure'],
    ['http://host.docker.internal/', 'a=1; Secure'],
    ['http://app.test/', 'a=1; Domain=other.test'],
    ['http://app.test/', 'a=1; Domain=sub.app.test'],
    ['http://app.test/', 'a=1; Domain=test'],
    ['http://127.0.0.1/', 'a=1; Domain=0.0.1'],
    ['https://app.test/', 'a=1; SameSite=None'],
    ['https://app.test/', '__Host-a=1; Secure; Path=/; Domain=app.test'],
    ['https://app.test/', '__Host-a=1; Secure'],
    ['https://app.test/', '__host-a=1; Secure; Path=/sub'],
    ['https://app.test/', '__Secure-a=1'],
    ['https://app.test/', '__Host-a=1'],
    ['https://app.test/', '=__Host-a=1; Secure; Path=/'],
    ['http://app.test/', '='],
    ['http://app.test/', 'a=\u0007'],
    ['http://app.test/', `a=${'x'.repeat(4096)}`],
  ])('%s cannot set %s', (at, line) => {
    const jar = jarWith(at, [line])
    expect(jar.refusals[0]).toEqual(expect.any(String))
    expect(jar.sent(at)).toBe('')
  })

  test('the longest pair that fits is kept', () => {
    expect(jarWith('http://app.test/', [`a=${'x'.repeat(4095)}`]).refusals).toEqual([null])
  })
})

describe('SameSite', () => {
  const all = [
    'none=1; SameSite=None; Secure',
    'lax=1; SameSite=Lax',
    'strict=1; SameSite=Strict',
    'unset=1',
    'odd=1; SameSite=x',
  ]

  test.each([
    ['from the site itself', FIRST_PARTY, 'none=1; lax=1; strict=1; unset=1; odd=1'],
    ['a cross-site link', crossGet, 'none=1; lax=1; unset=1; odd=1'],
    ['a cross-site form_post, even in the first second', crossPost, 'none=1'],
    ['a cross-site frame or image', crossFrame, 'none=1'],
  ])('%s', (_name, context, expected) => {
    expect(jarWith('http://127.0.0.1/', all).sent('http://127.0.0.1/', context)).toBe(expected)
  })

  test('a cross-site sub-request sets None cookies only', () => {
    expect(jarWith('http://127.0.0.1/', all, crossFrame).sent('http://127.0.0.1/')).toBe('none=1')
  })

  test('a cross-site navigation sets them all', () => {
    expect(jarWith('http://127.0.0.1/', all, crossPost).refusals).toEqual([null, null, null, null, null])
  })
})

describe('age', () => {
  test('Max-Age wins over Expires and ends on the second', () => {
    const jar = jarWith('http://app.test/', ['a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT'])
    jar.wait(59)
    expect(jar.sent('http://app.test/')).toBe('a=1')
    jar.wait(1)
    expect(jar.sent('http://app.test/')).toBe('')
  })

  test.each(['a=; Max-Age=0', 'a=; Max-Age=-1', 'a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT'])('%s deletes', (line) => {
    const jar = jarWith('http://app.test/', ['a=1', 'b=2'])
    jar.store('http://app.test/', line)
    expect(jar.sent('http://app.test/')).toBe('b=2')
  })

  test('deleting needs the same path', () => {
    const jar = jarWith('http://app.test/dir/', ['a=1'])
    jar.store('http://app.test/', 'a=; Max-Age=0')
    expect(jar.sent('http://app.test/dir/')).toBe('a=1')
  })

  test.each([
    ['Wed, 21 Oct 2026 07:28:00 GMT', Date.UTC(2026, 9, 21, 7, 28)],
    ['Wednesday, 21-Oct-26 07:28:00 GMT', Date.UTC(2026, 9, 21, 7, 28)],
    ['Wed Oct  1 7:8:9 2026', Date.UTC(2026, 9, 1, 7, 8, 9)],
    ['21 Oct 99 00:00:00', Date.UTC(1999, 9, 21)],
    ['30 Feb 2026 00:00:00 GMT', null],
    ['21 Oct 2026 24:00:00 GMT', null],
    ['21 Oct 2026', null],
    ['soon', null],
  ])('the date %s', (text, expected) => {
    expect(parseCookieDate(text)).toBe(expected)
  })

  test('an unreadable date makes a session cookie', () => {
    expect(jarWith('http://app.test/', ['a=1; Expires=soon']).sent('http://app.test/')).toBe('a=1')
  })
})

describe('order and replacement', () => {
  test('longer paths first, then older ones, and an update keeps its age', () => {
    const jar = jarWith('http://app.test/a/b/c', ['root=1; Path=/', 'later=1; Path=/', 'deep=1; Path=/a/b', 'root=2; Path=/'])
    expect(jar.sent('http://app.test/a/b/c')).toBe('deep=1; root=2; later=1')
  })

  test('an insecure origin cannot shadow a Secure cookie', () => {
    const jar = jarWith('https://app.test/', ['a=1; Secure; Path=/'])
    expect(jar.store('http://app.test/', 'a=2; Path=/')).toEqual(expect.any(String))
    expect(jar.sent('https://app.test/')).toBe('a=1')
  })
})
