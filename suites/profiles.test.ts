import { describe, expect, test } from 'vitest'
import { loadCatalogue } from './catalogue.ts'
import { loadProfile, profileNames } from './profiles/index.ts'

const catalogue = await loadCatalogue()
const ids = catalogue.map(({ id }) => id)
const idsOf = (name: string) => Object.keys(loadProfile(name).checks)

test.each(profileNames())('%s lists checks that exist, in the order of the catalogue, under its own name', (name) => {
  const profile = loadProfile(name)
  expect(`${profile.name}@${profile.version}`).toBe(name)
  expect(Object.keys(profile.checks)).toEqual(ids.filter((id) => id in profile.checks))
})

test('strict is all of them, at their own levels', () => {
  expect(loadProfile('strict').checks).toEqual(Object.fromEntries(catalogue.map(({ id, level }) => [id, level])))
})

test('tokens is part of oidc-core, and that of strict; every profile has the controls of the run', () => {
  expect(idsOf('oidc-core')).toEqual(expect.arrayContaining(idsOf('tokens')))
  expect(idsOf('strict')).toEqual(expect.arrayContaining(idsOf('oidc-core')))
  const controls = catalogue.filter(({ level }) => level === 'CONTROL').map(({ id }) => id)
  for (const name of profileNames()) expect(idsOf(name)).toEqual(expect.arrayContaining(controls))
})

describe('loadProfile', () => {
  test('by name, or by name and version', () => {
    expect(loadProfile('strict@0')).toEqual(loadProfile('strict'))
  })

  test.each([
    ['stict', ' Did you mean "strict"?'],
    ['strict@7', ' Did you mean "strict@0"?'],
    ['../profiles/strict', ''],
    ['', ''],
  ])('refuses "%s"', (name, guess) => {
    const message = `There is no profile "${name}".${guess} Known: oidc-core@0, strict@0, tokens@0.`
    expect(() => loadProfile(name)).toThrow(expect.objectContaining({ name: 'UserError', exitCode: 2, message }))
  })
})
