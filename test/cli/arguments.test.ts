/** What is typed behind a verb. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { oneOf, readArguments } from '../../src/cli/arguments.js'
import { UsageError } from '../../src/cli/usage-error.js'

const test = suite('arguments')
const kinds = { framing: 'text', json: 'flag' } as const
const read = (args: readonly string[]) => readArguments(args, kinds, 3)
const refusal = (wrong: () => unknown): string => {
  try {
    wrong()
  } catch (error) {
    assert.instance(error, UsageError)
    return (error as UsageError).message
  }
  throw new Error('it was taken')
}

test('takes options anywhere, with their value behind a blank or an equals sign', () => {
  const expected = { positionals: ['a', '-'], options: { framing: 'ndjson', json: true } }
  assert.equal(read(['--framing', 'ndjson', 'a', '--json', '-']), expected)
  assert.equal(read(['a', '-', '--json', '--framing=ndjson']), expected)
})

test('takes all behind -- as it is, and a value even if it looks like an option', () => {
  assert.equal(read(['--', '--json', '--what']), { positionals: ['--json', '--what'], options: {} })
  assert.equal(read(['--framing', '--json']).options, { framing: '--json' })
  assert.equal(read(['--framing=a=b']).options, { framing: 'a=b' })
})

test('tells how a file is named that begins with a dash', () => {
  assert.is(
    refusal(() => read(['-talk.wav'])),
    'There is no option -talk.wav. A file of that name is ./-talk.wav',
  )
  assert.is(
    refusal(() => read(['-j'])),
    'There is no option -j.',
  )
})

test('names the nearest option', () => {
  assert.is(
    refusal(() => read(['--frmaing', 'x'])),
    'There is no option --frmaing. Did you mean --framing?',
  )
  assert.is(
    refusal(() => read(['--zzz=1'])),
    'There is no option --zzz.',
  )
  assert.is(
    refusal(() => read(['-j'])),
    'There is no option -j.',
  )
  assert.is(
    refusal(() => read(['--toString'])),
    'There is no option --toString.',
  )
})

test('refuses a value that is missing, not wanted, or one too many', () => {
  assert.is(
    refusal(() => read(['--framing'])),
    '--framing wants a value behind it',
  )
  assert.is(
    refusal(() => read(['--json=1'])),
    '--json takes no value',
  )
  assert.match(
    refusal(() => read(['a', 'b', 'c', 'd'])),
    /^What is d for\?/,
  )
})

test('refuses a word that is none of a few', () => {
  assert.is(oneOf('framing', undefined, ['a']), undefined)
  assert.is(oneOf('framing', 'a', ['a']), 'a')
  assert.is(
    refusal(() => oneOf('log-level', 'wran', ['info', 'warn'])),
    '--log-level is one of info, warn, and not wran. Did you mean warn?',
  )
})

test.run()
