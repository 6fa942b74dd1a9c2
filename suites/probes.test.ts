import { expect, test } from 'vitest'
import { positionsOf } from '../src/check/positions.ts'
import { createSpelling, REFERENCE_SPELLING, textsOf } from '../src/target/spelling.ts'
import { bindings } from './bindings.ts'
import { probes } from './probes.ts'

const mustache = createSpelling({
  accessToken: '{{{user.accessToken}}}',
  input: '{{{body.NAME}}}',
  claim: '{{{user.claims.NAME}}}',
  idToken: '{{{user.claims}}}',
  rawIdToken: '{{{user.idToken}}}',
})

test('the pack is in the reference spelling', () => {
  for (const probe of probes) expect(REFERENCE_SPELLING.probe(probe)).toEqual(probe)
  for (const { text } of bindings) expect(REFERENCE_SPELLING.write(text)).toBe(text)
  expect(
    [...probes.map(({ request }) => textsOf(request)), bindings.map(({ text }) => text)].map(REFERENCE_SPELLING.lacks),
  ).toEqual(Array(probes.length + 1).fill(null))
})

test('in another spelling nothing of it is left, the same positions are looked at, and JSON stays JSON', () => {
  for (const probe of probes) {
    const written = mustache.probe(probe)
    expect(textsOf(written.request).filter((text) => /<<|>>|APPSMITH_USER|appsmith\.user|this\.params/i.test(text))).toEqual([])
    const positions = (spelling: typeof mustache) => positionsOf(probe, null, spelling).map(({ position }) => position)
    expect(positions(mustache)).toEqual(positions(REFERENCE_SPELLING))
  }
})

test('a bare word can be written wherever no brackets are needed', () => {
  const bare = createSpelling({ accessToken: '$ACCESS_TOKEN', input: '$INPUT_NAME' })
  const lacking = probes.filter(({ request }) => bare.lacks(textsOf(request)) === 'delimiters').map(({ name }) => name)
  expect(lacking).toEqual(['blank', 'half-open', 'nested', 'bound-name'])
})
