import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { ALIKE, descriptionOf, descriptions } from './descriptions.ts'
import { alternatives, bareSchema, fieldsOf } from './json-schema.ts'
import { schemaText, withReference } from './reference.ts'

const ROOT = join(import.meta.dirname, '../..')
const fields = fieldsOf(bareSchema())

test('the committed schema and the fields in docs/targets.md are those of the schema: `node src/config/write.ts`', () => {
  expect(readFileSync(join(ROOT, 'tokenward.schema.json'), 'utf8')).toBe(schemaText())
  const page = readFileSync(join(ROOT, 'docs/targets.md'), 'utf8')
  expect(withReference(page)).toBe(page)
})

test('every field has a description, and nothing else has one: src/config/descriptions.ts', () => {
  expect(fields.filter(({ path }) => !descriptionOf(path)).map(({ path }) => path)).toEqual([])
  const known = new Set(fields.map(({ path }) => path))
  // The members of a record have no field of their own.
  const isKnown = (path: string) => known.has(path.replace(/\.\*$/, ''))
  expect([...Object.keys(descriptions), ...Object.entries(ALIKE).flat()].filter((path) => !isKnown(path))).toEqual([])
})

test('what a value looks like is shown: by an example, the default, the values that it may have, or the fields in it', () => {
  const shown = fields.filter(({ path, node }) => {
    const told = descriptionOf(path)?.example !== undefined || (node.default !== undefined && node.default !== null)
    return (
      told || alternatives(node).some((one) => one.enum || one.const !== undefined || one.properties || one.additionalProperties)
    )
  })
  expect(fields.filter((field) => !shown.includes(field)).map(({ path }) => path)).toEqual([])
})

test('every example is a value that the field may have', () => {
  const { $defs } = bareSchema() as { $defs?: object }
  const wrong = fields.flatMap(({ path, node }) => {
    const example = descriptionOf(path)?.example
    if (example === undefined) return []
    return z.fromJSONSchema({ ...node, $defs } as never).safeParse(example).success ? [] : path
  })
  expect(wrong).toEqual([])
})

test('an editor that knows the JSON Schema takes a right configuration, and underlines a mistyped key', () => {
  const target = { adapter: 'http', name: 'x', url: 'https://x.test', login: { path: '/' }, registration: { redirectPath: '/' } }
  const config = { $schema: 'x', target: { ...target, identity: { path: '/', subject: '/sub' } } }
  const editor = z.fromJSONSchema(JSON.parse(schemaText()))
  expect(editor.safeParse(config).success).toBe(true)
  expect(editor.safeParse({ ...config, target: { ...config.target, capability: [] } }).success).toBe(false)
})
