import { describe, expect, test, vi } from 'vitest'
import { isLoopback, requireConsent } from './consent.ts'

const silent = async () => null

test.each(['localhost', '127.0.0.1', '127.1.2.3', '::1', '[::1]'])('%s is loopback', (host) => {
  expect(isLoopback(host)).toBe(true)
})

test.each([
  'localhost.example',
  'notlocalhost',
  '127.0.0.1.example',
  '128.0.0.1',
  '1127.0.0.1',
  '0.0.0.0',
  '[::2]',
  '10.0.0.1',
  'host.docker.internal',
])('%s is not loopback', (host) => {
  expect(isLoopback(host)).toBe(false)
})

describe('requireConsent', () => {
  test.each(['http://localhost:3000', 'http://127.0.0.1:80/app', 'http://[::1]:3000', 'http://LOCALHOST', 'http://127.1'])(
    'asks nobody for %s',
    async (url) => {
      const ask = vi.fn(silent)
      await requireConsent(url, [], ask)
      expect(ask).not.toHaveBeenCalled()
    },
  )

  test('takes the consent of the configuration, by the very host name', async () => {
    await requireConsent('https://staging.example:8443/app', ['other.example', 'Staging.Example'], silent)
    await expect(requireConsent('https://evil.staging.example', ['staging.example'], silent)).rejects.toThrow(
      'evil.staging.example',
    )
  })

  test('asks the target at its origin', async () => {
    const ask = vi.fn(async () => ({ allow: true }))
    await requireConsent('https://staging.example:8443/app?x', [], ask)
    expect(ask.mock.calls).toEqual([['https://staging.example:8443/.well-known/tokenward.json']])
  })

  test.each([[null], [{}], [{ allow: 'true' }], [{ allow: false }], ['allow'], [[{ allow: true }]]])(
    'refuses the answer %j, and names both ways',
    async (answer) => {
      const error = await requireConsent('https://staging.example', [], async () => answer).catch((reason) => reason)
      expect(error).toMatchObject({ name: 'UserError', exitCode: 2 })
      expect(error.message).toContain('staging.example is not a loopback address')
      expect(error.message).toContain("consent: ['staging.example']")
      expect(error.message).toContain('{"allow": true} at https://staging.example/.well-known/tokenward.json')
    },
  )
})
