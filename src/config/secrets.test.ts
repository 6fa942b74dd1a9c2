import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { resolveSecrets } from './secrets.ts'

const folder = mkdtempSync(join(tmpdir(), 'tokenward-secrets-'))
afterAll(() => rmSync(folder, { recursive: true }))
writeFileSync(join(folder, 'db.txt'), 'from a file\n')
writeFileSync(join(folder, 'empty.txt'), '\n')

test('reads values from the environment, and from files beside the configuration', () => {
  const secrets = { one: { env: 'ONE' }, two: { file: 'db.txt' }, three: { file: join(folder, 'db.txt') } }
  expect(resolveSecrets(secrets, folder, { ONE: ' kept as it is ' })).toEqual({
    one: ' kept as it is ',
    two: 'from a file',
    three: 'from a file',
  })
  expect(resolveSecrets(undefined, folder, {})).toEqual({})
})

test.each([
  [{ env: 'GONE' }, 'secrets.db: the environment variable GONE is not set. Set it, or remove the entry.'],
  [{ env: 'EMPTY' }, 'secrets.db: the environment variable EMPTY is not set. Set it, or remove the entry.'],
  [{ file: 'empty.txt' }, 'secrets.db: empty.txt is empty. Set it, or remove the entry.'],
  [{ file: 'gone.txt' }, `secrets.db: ${join(folder, 'gone.txt')} could not be read (ENOENT).`],
])('says what is missing: %o', (reference, message) => {
  const resolve = () => resolveSecrets({ db: reference }, folder, { EMPTY: '', OTHER: 'another secret' })
  expect(resolve).toThrow(expect.objectContaining({ name: 'UserError', exitCode: 2, message }))
})
