import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import type { SinkRecord } from '../../providers/provider.ts'
import { REFERENCE_SPELLING } from '../target/spelling.ts'
import type { Probe } from '../target/target.ts'
import { comparePlacement, headerOf, positionsOf } from './positions.ts'

const M = '<<TOKEN>>'
const WHOLE = '⟦access_token alice-1#1⟧'

function probe(request: Partial<Probe['request']>): Probe {
  const whole = { method: 'POST', path: '/p', headers: [], query: [], body: { kind: 'none' as const }, ...request }
  return { name: 'p', where: 'action', request: whole, inputs: [] }
}

function record(more: { url?: string; headers?: [string, string][]; body?: string }): SinkRecord {
  const { url = '/sink/p', headers = [], body = '' } = more
  const bodyBase64 = Buffer.from(body).toString('base64')
  return { seq: 1, at: 0, receipt: 'r', probe: 'p', method: 'POST', url, headers, bodyBase64, hold: null }
}

/** Position → what arrived. */
function read(request: Partial<Probe['request']>, arrived: Parameters<typeof record>[0]) {
  return Object.fromEntries(
    positionsOf(probe(request), record(arrived), REFERENCE_SPELLING).map(({ position, got }) => [position, got]),
  )
}

describe('positionsOf', () => {
  test('lists templated positions only, with what their author wrote', () => {
    const headers: [string, string][] = [
      ['X-A', `v ${M}`],
      ['X-Plain', 'text'],
      ['X-B', '{{this.params.text}}'],
    ]
    expect(positionsOf(probe({ headers }), record({ headers: [['x-a', 'v t']] }), REFERENCE_SPELLING)).toEqual([
      { position: 'header x-a', template: `v ${M}`, got: 'v t' },
      { position: 'header x-b', template: '{{this.params.text}}', got: null },
    ])
  })

  test('header names have no case, values are taken as they are', () => {
    const arrived = { headers: [['AUTHORIZATION', 'Bearer a%2Bb+c ']] as [string, string][] }
    expect(read({ headers: [['Authorization', `Bearer ${M}`]] }, arrived)).toEqual({ 'header authorization': 'Bearer a%2Bb+c ' })
    expect(headerOf(record({}), 'x')).toBeNull()
  })

  test('a rendered header name is found by its value', () => {
    const headers: [string, string][] = [[`X-${M}`, 'named']]
    const arrived = { headers: [['X-Other', 'v'] as [string, string], ['X-a.b', 'named'] as [string, string]] }
    expect(read({ headers }, arrived)).toEqual({ 'header name of "named"': 'X-a.b' })
    expect(read({ headers }, { headers: [['X-a.b', 'other']] })).toEqual({ 'header name of "named"': null })
  })

  test('a next page has query parameters of its own', () => {
    const query: [string, string][] = [['page', '1']]
    const next = { path: '/p/next', query: [['cursor', M]] as [string, string][] }
    expect(read({ query, next }, { url: '/sink/p/next?cursor=a%2Bb' })).toEqual({ 'next query cursor': 'a+b' })
    expect(read({ query, next }, { url: '/sink/p?page=1' })).toEqual({ 'next query cursor': null })
  })

  test('query values are percent-decoded once, and a + stands for itself', () => {
    const query: [string, string][] = [
      ['t', M],
      ['note', 'plain'],
      ['again', M],
      ['empty', M],
      ['gone', M],
    ]
    expect(read({ query }, { url: '/sink/p?t=a%2Bb%2520&note=x&again=a+b&empty' })).toEqual({
      'query t': 'a+b%20',
      'query again': 'a+b',
      'query empty': '',
      'query gone': null,
    })
  })

  test('the path is read from the probe on, below whatever the sink stands', () => {
    expect(read({ path: `/p/${M}/tail` }, { url: '/lab/sink/p/a%2Fb/tail?x=1' })).toEqual({ path: '/p/a/b/tail' })
  })

  test('malformed escapes stay as they arrived', () => {
    const url = '/sink/p/100%/x?t=%zz'
    expect(read({ path: `/p/${M}/x`, query: [['t', M]] }, { url })).toEqual({ path: '/p/100%/x', 'query t': '%zz' })
  })

  test('a form turns + into a blank before it decodes', () => {
    const body = {
      kind: 'form' as const,
      content: [
        ['a b', M],
        ['plain', 'x'],
        ['late', M],
      ] as [string, string][],
    }
    expect(read({ body }, { body: 'a+b=x%2By+z&plain=1' })).toEqual({ 'form a b': 'x+y z', 'form late': null })
  })

  test('JSON is parsed, wherever a string stands in it', () => {
    const content = `{"t":"${M}","n":{"list":["first","${M}"]},"s":"text"}`
    const body = { kind: 'json' as const, content }
    const arrived = { body: '{ "n": {"list": ["first", "a\\u002b\\"b"]}, "t": 5 }' }
    expect(read({ body }, arrived)).toEqual({ 'json /t': null, 'json /n/list/1': 'a+"b' })
    expect(read({ body }, { body: `{"t":"broken"quote"}` })).toEqual({ 'json /t': null, 'json /n/list/1': null })
  })

  test('multipart fields are read by the boundary of the content type', () => {
    const content: [string, string][] = [
      ['token', M],
      ['plain', 'x'],
      ['late', M],
    ]
    const part = (name: string, value: string) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
    const body = `${part('token', 'a+b%20\r\n--c ä ')}${part('plain', 'x')}--b--\r\n`
    const arrived = (type: string) => ({ body, headers: [['Content-Type', type] as [string, string]] })
    const request = { body: { kind: 'multipart' as const, content } }
    const fields = { 'multipart token': 'a+b%20\r\n--c ä ', 'multipart late': null }
    expect(read(request, arrived('multipart/form-data; boundary=b'))).toEqual(fields)
    expect(read(request, arrived('multipart/form-data; charset=utf-8; boundary="b"'))).toEqual(fields)
    expect(read(request, arrived('application/json'))).toEqual({ 'multipart token': null, 'multipart late': null })
  })

  test('GraphQL is a query text and variables', () => {
    const content = { query: `{ a(t: "${M}") }`, variables: `{"t":"${M}","plain":"x","n":{"l":["${M}"]}}` }
    const body = JSON.stringify({ query: '{ a(t: "tok") }', variables: { t: 'a"b', n: { l: ['c'] } } })
    expect(read({ body: { kind: 'graphql', content } }, { body })).toEqual({
      'graphql query': '{ a(t: "tok") }',
      'graphql /t': 'a"b',
      'graphql /n/l/0': 'c',
    })
    const nothing = { 'graphql query': null, 'graphql /t': null, 'graphql /n/l/0': null }
    for (const body of ['{ a }', 'null', '{"query":1,"variables":"text"}'])
      expect(read({ body: { kind: 'graphql', content } }, { body })).toEqual(nothing)
  })

  test('what a saved connection holds is named as such', () => {
    const saved = (request: Partial<Probe['request']>, arrived: Parameters<typeof record>[0]) =>
      Object.fromEntries(
        positionsOf({ ...probe(request), where: 'datasource' }, record(arrived), REFERENCE_SPELLING).map(
          ({ position, template, got }) => [position, [template, got]],
        ),
      )
    expect(saved({ headers: [['X-A', M]], query: [['t', M]] }, { url: '/sink/p?t=b', headers: [['x-a', 'a']] })).toEqual({
      'connection header x-a': [M, 'a'],
      'connection query t': [M, 'b'],
    })
    const auth = (auth: Required<NonNullable<Probe['request']['connection']>>['auth']) => ({ connection: { auth } })
    expect(saved(auth({ kind: 'bearer', token: M }), { headers: [['authorization', 'Bearer t']] })).toEqual({
      'connection bearer': [`Bearer ${M}`, 'Bearer t'],
    })
    const key = { kind: 'api-key', name: 'Key', value: M } as const
    expect(saved(auth({ ...key, in: 'header' }), { headers: [['key', 't']], url: '/sink/p?Key=no' })).toEqual({
      'connection api-key header': [M, 't'],
    })
    expect(saved(auth({ ...key, in: 'query' }), { headers: [['key', 'no']], url: '/sink/p?Key=t' })).toEqual({
      'connection api-key query': [M, 't'],
    })
    expect(saved({ path: '/tail', connection: { path: `/p/${M}` } }, { url: '/sink/p/a%2Fb/tail' })).toEqual({
      'connection url': [`/p/${M}/tail`, '/p/a/b/tail'],
    })
  })

  test('a text body is the body', () => {
    expect(read({ body: { kind: 'text', content: `[${M}]` } }, { body: '[ä+%20]' })).toEqual({ body: '[ä+%20]' })
    expect(read({ body: { kind: 'text', content: 'nothing' } }, { body: 'x' })).toEqual({})
  })
})

describe('comparePlacement', () => {
  const compare = (template: string, got: string | null) => comparePlacement({ template, got }, M)
  const token = { kind: 'access_token', account: 'alice-1' }

  test('exact: every occurrence is one whole token, and nothing else changed', () => {
    expect(compare(`Bearer ${M}`, `Bearer ${WHOLE}`)).toEqual({ kind: 'exact', tokens: [token] })
    const other = { kind: 'id_token', account: 'bob-2' }
    expect(compare(`${M}|${M} ${M}`, `${WHOLE}|⟦id_token bob-2#12⟧ ${WHOLE}`)).toEqual({
      kind: 'exact',
      tokens: [token, other, token],
    })
  })

  test('exact without tokens: a template without the placeholder came through unchanged', () => {
    expect(compare('a <<OTHER>> b', 'a <<OTHER>> b')).toEqual({ kind: 'exact', tokens: [] })
    expect(compare('a <<OTHER>> b', 'a  b').kind).toBe('other')
  })

  test('characters that mean something in a regular expression mean themselves', () => {
    const around = '^.*+?(x)[y]{2}|\\d$'
    expect(compare(`${around}${M}${around}`, `${around}${WHOLE}${around}`).kind).toBe('exact')
    expect(compare(`a.c${M}`, `abc${WHOLE}`).kind).toBe('other')
  })

  test('line ends and blanks around count', () => {
    expect(compare(`a\n${M}\n`, `a\n${WHOLE}\n`).kind).toBe('exact')
    expect(compare(`${M}`, `${WHOLE}\n`).kind).toBe('other')
    expect(compare(`${M} `, WHOLE).kind).toBe('other')
  })

  test.each([
    ['an encoded token', '⟦access_token alice-1#1 percent⟧'],
    ['a run of a token', '⟦access_token alice-1#1 run 20⟧'],
    ['another kind of secret', '⟦client_secret#1⟧'],
    ['two tokens for one', `${WHOLE}${WHOLE}`],
    ['nothing', ''],
  ])('other: %s', (_, got) => {
    expect(compare(M, got)).toEqual({ kind: 'other' })
  })

  test('literal: the placeholder is still there, if only at one of its places; absent: nothing arrived', () => {
    expect(compare(`Bearer ${M}`, `Bearer ${M}`)).toEqual({ kind: 'literal' })
    expect(compare(`${M} ${M}`, `${WHOLE} ${M}`)).toEqual({ kind: 'literal' })
    expect(compare(M, null)).toEqual({ kind: 'absent' })
  })
})
