import { describe, expect, test } from 'vitest'
import type { UserError } from '../src/errors.ts'
import { type Command, helpOf, parseCommand } from './command.ts'

const command: Command = {
  summary: 'Does it.',
  positionals: { names: '<check>', required: 1, allowed: 1 },
  options: {
    port: { type: 'string', value: 'N', help: 'port' },
    target: { type: 'string', multiple: true, value: 'ADDRESS', help: 'target' },
    full: { type: 'boolean', help: 'all of it' },
  },
  run: async () => 0,
}
const parse = (...args: string[]) => parseCommand('do', command, args)

function message(...args: string[]): string {
  try {
    parse(...args)
  } catch (error) {
    expect(error).toMatchObject({ name: 'UserError', exitCode: 2 })
    return (error as UserError).message
  }
  return expect.fail('the arguments were accepted')
}

test('reads options before and after the positionals', () => {
  expect(parse('--port', '1', 'it', '--full', '--target', 'a', '--target=b=c')).toEqual({
    values: { port: '1', full: true, target: ['a', 'b=c'] },
    positionals: ['it'],
  })
  expect(parse('it', '--port=-1').values.port).toBe('-1')
  expect(parse('--', '--port').positionals).toEqual(['--port'])
})

describe('every mistake is a message that says what to do', () => {
  test.each([
    [['it', '--prt', '1'], 'Unknown option --prt. Did you mean "--port"? See: tokenward do --help'],
    [['it', '-x'], 'Unknown option -x.'],
    [['it', '--constructor'], 'Unknown option --constructor.'],
    [['it', '--__proto__=1'], 'Unknown option --__proto__.'],
    [['it', '--port'], '--port needs a value: --port N.'],
    [['it', '--port', '--full'], '--port needs a value: --port N.'],
    [['it', '--port', '-1'], '--port needs a value: --port N.'],
    [['it', '--target', '-A'], '--target needs a value: --target ADDRESS.'],
    [['it', '--full=yes'], '--full takes no value.'],
    [['it', 'other'], 'Unexpected argument "other".'],
    [[], 'Missing argument: <check>.'],
  ])('%j', (args, expected) => {
    expect(message(...args)).toContain(expected)
    expect(message(...args)).toContain('See: tokenward do --help')
  })
})

test('the help names every option in one column', () => {
  expect(helpOf('do', command)).toBe(
    [
      'tokenward do <check> [options]',
      '',
      'Does it.',
      '',
      '  --port N          port',
      '  --target ADDRESS  target',
      '  --full            all of it',
    ].join('\n'),
  )
  expect(helpOf('do', { ...command, positionals: undefined as never, options: {} })).toContain('tokenward do\n')
})
