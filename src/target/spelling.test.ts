import { describe, expect, test } from 'vitest'
import { createSpelling, REFERENCE_SPELLING, textsOf } from './spelling.ts'
import type { Probe } from './target.ts'

const NAME = 'APPSMITH_USER_OAUTH2_ACCESS_TOKEN'
const M = `<<${NAME}>>`
const mustache = createSpelling({
  accessToken: '{{{user.accessToken}}}',
  input: '{{{body.NAME}}}',
  claim: '{{{user.claims.NAME}}}',
  rawIdToken: '{{{user.idToken}}}',
})
const bare = createSpelling({ accessToken: '$ACCESS_TOKEN', input: '$1_NAME' })

describe('write', () => {
  test.each([
    [`Bearer ${M}`, 'Bearer {{{user.accessToken}}}', 'Bearer $ACCESS_TOKEN'],
    [`"${M}|${M}"`, '"{{{user.accessToken}}}|{{{user.accessToken}}}"', '"$ACCESS_TOKEN|$ACCESS_TOKEN"'],
    [`{{this.params.to}}${M}`, '{{{body.to}}}{{{user.accessToken}}}', '$1_to$ACCESS_TOKEN'],
    ['<<OTHER>>', '{{{OTHER}}}', '$OTHER'],
    [`<<${NAME}_OLD>>`, '{{{user.accessToken_OLD}}}', '$ACCESS_TOKEN_OLD'],
    [M.toLowerCase(), '{{{user.accesstoken}}}', '$access_token'],
    ['<<Appsmith_User_OAuth2_Access_Token>>', '{{{User.Accesstoken}}}', '$Access_Token'],
    ['text & <b> > {x} $1', 'text & <b> > {x} $1', 'text & <b> > {x} $1'],
  ])('%s', (text, inMustache, inBare) => {
    expect(mustache.write(text)).toBe(inMustache)
    expect(bare.write(text)).toBe(inBare)
    expect(REFERENCE_SPELLING.write(text)).toBe(text)
  })

  test.each([
    [`<< ${NAME} >>`, '{{{ user.accessToken }}}'],
    [`<<${NAME}`, '{{{user.accessToken'],
    [`${NAME}>>`, 'user.accessToken}}}'],
    [`<<${NAME}> rest`, '{{{user.accessToken}} rest'],
    [`<<${M}>>`, '{{{{{{user.accessToken}}}}}}'],
    ['<<APPSMITH_USER_OAUTH2_{{this.params.part}}>>', '{{{user.{{{body.part}}}}}}'],
    ['{{appsmith.user.idToken.sub}} {{appsmith.user.rawIdToken}}', '{{{user.claims.sub}}} {{{user.idToken}}}'],
  ])('what needs delimiters on both sides: %s', (text, inMustache) => {
    expect(mustache.write(text)).toBe(inMustache)
    expect(REFERENCE_SPELLING.write(text)).toBe(text)
  })

  test('a name that is all in one case has two others, and the name in two parts is the name', () => {
    const { write, nameParts, marker } = createSpelling({ accessToken: '[[token]]' })
    expect([write(M.toLowerCase()), write('<<Appsmith_User_OAuth2_Access_Token>>')]).toEqual(['[[Token]]', '[[TOKEN]]'])
    expect([nameParts.join(''), marker]).toEqual(['token', { open: '[[', name: 'token', close: ']]', text: '[[token]]' }])
    expect(mustache.nameParts).toEqual(['user.', 'accessToken'])
    expect(REFERENCE_SPELLING.nameParts).toEqual(['APPSMITH_USER_OAUTH2_', 'ACCESS_TOKEN'])
  })
})

test('every text of a request is written, and nothing else', () => {
  const probe: Probe = {
    name: `${M}`,
    where: 'datasource',
    request: {
      method: 'POST',
      base: `http://${M}`,
      path: `/${M}`,
      headers: [[`X-${M}`, M]],
      query: [['q', M]],
      connection: { path: `/c${M}`, auth: { kind: 'bearer', token: M } },
      next: { path: `/n${M}`, query: [['n', M]] },
      body: { kind: 'graphql', content: { query: `q${M}`, variables: `v${M}` } },
    },
    inputs: ['x'],
  }
  const { request, ...rest } = mustache.probe(probe)
  expect(rest).toEqual({ name: M, where: 'datasource', inputs: ['x'] })
  expect(JSON.stringify(request)).toBe(JSON.stringify(probe.request).replaceAll(M, '{{{user.accessToken}}}'))
  for (const body of [
    { kind: 'text' as const, content: M },
    { kind: 'form' as const, content: [['f', M]] as [string, string][] },
  ])
    expect(JSON.stringify(mustache.probe({ ...probe, request: { ...probe.request, body } }).request.body)).not.toContain('<<')
  const auth = { kind: 'api-key' as const, in: 'header' as const, name: 'X-Key', value: M }
  expect(textsOf({ ...probe.request, connection: { auth } })).toContain(M)
})

test('what a text needs that a spelling has no words for', () => {
  const lacks = (text: string) => [REFERENCE_SPELLING, mustache, bare].map((spelling) => spelling.lacks([text]))
  expect(lacks(`${M} {{this.params.a}} <<OTHER>>`)).toEqual([null, null, null])
  expect(lacks('{{appsmith.user.idToken.sub}}')).toEqual([null, null, 'claim'])
  expect(lacks('{{appsmith.user.idToken}}')).toEqual([null, 'idToken', 'idToken'])
  expect(lacks('{{appsmith.user.rawIdToken}}')).toEqual([null, null, 'rawIdToken'])
  expect(lacks('{{JSON.stringify(appsmith)}}')).toEqual([null, 'expressions', 'expressions'])
  for (const halves of [`<<${NAME}`, `${NAME}>>`, `<< ${NAME}>>`, `<<${M}>>`, '<<{{this.params.a}}>>'])
    expect(lacks(halves)).toEqual([null, null, 'delimiters'])
  const word = createSpelling({ accessToken: 'TOKEN' })
  expect([word.lacks([M]), word.lacks(['<<OTHER>>'])]).toEqual([null, 'delimiters'])
})

test('what is bound, and where its values go', () => {
  const text = '{{{body.a}}} {{{user.accessToken}}} {{{user.claims.sub}}} {{{user.idToken}}} {{{other}}}'
  expect(mustache.bind(text, (bound) => JSON.stringify(Object.values(bound)))).toBe(
    '["input","a"] {{{user.accessToken}}} ["claim","sub"] ["rawIdToken"] {{{other}}}',
  )
  expect([mustache.binds('{{{user.accessToken}}}'), mustache.binds('{{{body.a}}}')]).toEqual([false, true])
  expect(createSpelling({ accessToken: '$T' }).bind('$1_a', () => 'x')).toBe('$1_a')
})

test('what could be put in place', () => {
  const templated = (text: string) => [mustache, bare].map((spelling) => spelling.isTemplated(text))
  expect(templated('plain text')).toEqual([false, false])
  expect(templated('{{{user.accessToken')).toEqual([true, false])
  expect(templated('$OTHER')).toEqual([false, true])
  expect(templated('{{{body.a}}}')).toEqual([true, false])
  expect(createSpelling({ accessToken: 'TOKEN', input: '%NAME%' }).isTemplated('a TOKEN')).toBe(true)
})
