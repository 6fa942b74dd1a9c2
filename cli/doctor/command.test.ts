import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import fixture from '../../fixtures/targets/express-openid-connect/tokenward.config.ts'
import doctor from '../commands/doctor.ts'

/** `tokenward doctor` with targets that it starts itself. */

const cwd = mkdtempSync(join(tmpdir(), 'tokenward-doctor-'))
afterAll(() => rmSync(cwd, { recursive: true }))
const described = fixture.target as object

async function run(target: object, ...formats: string[]) {
  // A browser costs seconds, and is another matter.
  writeFileSync(join(cwd, 'tokenward.config.json'), JSON.stringify({ target, browser: { executablePath: '/nowhere' } }))
  let said = ''
  const stream = { write: (text: string) => (said += text) }
  const code = await doctor.run({ format: formats[0] ?? 'text' }, [], { stdout: stream, stderr: stream, env: {}, cwd } as never)
  return { code, said }
}

test('a target that ends at once: its last words without its secrets, the field, exit 3', async () => {
  const text = "console.log('no such key: ' + process.env.TOKENWARD_CLIENT_SECRET); process.exit(1)"
  const { code, said } = await run({ ...described, command: [process.execPath, '-e', text] })
  expect(code).toBe(3)
  expect(said).toMatch(
    /^✖ starts +The target `.*` ended with exit code 1\.\nIt said last:\n {4}no such key: ⟦client_secret[^⟧]*⟧$/m,
  )
  expect(said).toMatch(/ → command$/m)
})
