import { expect, test } from 'vitest'
import { createSpelling, type Placeholders } from '../../src/target/spelling.ts'
import type { Target } from '../../src/target/target.ts'
import { probePack, requireWords } from './probes.ts'

const own = (placeholders: Placeholders) => ({
  spell: (name: string) => name.replaceAll('-', '_'),
  spelling: createSpelling(placeholders),
})
const target = (probes: string[], placeholders: Placeholders) =>
  ({ declares: { probes }, spelling: createSpelling(placeholders) }) as unknown as Target

test('the pack is in the spelling of the target, and holds what that has words for', () => {
  const { probes, bindings } = probePack(own({ accessToken: '{{{user.token}}}', input: '{{{in.NAME}}}' }), 'http://sink')
  expect(probes.find(({ name }) => name === 'user_input')?.request).toMatchObject({
    headers: [
      ['Authorization', 'Bearer {{{user.token}}}'],
      ['X-Input', '{{{in.text}}}'],
    ],
    body: { kind: 'json', content: '{"text":"{{{in.text}}}"}' },
  })
  expect(JSON.stringify(probes)).not.toMatch(/<<|APPSMITH_USER|appsmith\.user/)
  expect(probes.map(({ name }) => name)).not.toContain('claim_input')
  expect(bindings).toEqual([{ name: 'placeholder', text: 'Token: {{{user.token}}}' }])
})

test('a query that the target declares and cannot write is told before anything starts', () => {
  const input = '$INPUT_NAME'
  expect(() => requireWords(target(['header-custom', 'user-input', 'unknown'], { accessToken: '$TOKEN', input }))).not.toThrow()
  expect(() => requireWords(target(['user-input'], { accessToken: '$TOKEN' }))).toThrow(
    'declares.probes: "user-input" needs placeholders.input, which the description does not have.',
  )
  expect(() => requireWords(target(['half-open'], { accessToken: '$TOKEN', input }))).toThrow(
    'declares.probes: "half-open" needs a placeholder between delimiters, and placeholders.accessToken is a bare word.',
  )
})
