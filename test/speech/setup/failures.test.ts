/** Why pip failed, by what it printed. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { failureOf, failureOfSystem } from '../../../src/speech/setup/failures.js'

const test = suite('failures')
const fault = (...lines: readonly string[]) => failureOf('It', lines).facts['fault']

test('a full disk', () => {
  const line =
    'ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device'
  assert.is(fault('Collecting av', line), 'disk-full')
  assert.match(failureOf('Installing x', [line]).message, 'Installing x failed: the disk is full.')
})

test('no network, although pip says in the end that there is no such package', () => {
  const lines = [
    "WARNING: Retrying (Retry(total=4, connect=None)) after connection broken by 'NewConnectionError('<x>: Failed to establish a new connection: [Errno 111] Connection refused')': /simple/av/",
    'ERROR: Could not find a version that satisfies the requirement av==18.1.0 (from versions: none)',
    'ERROR: No matching distribution found for av==18.1.0',
  ]
  assert.is(fault(...lines), 'offline')
})

test('a package that there is not for this Python', () => {
  const line =
    'ERROR: Could not find a version that satisfies the requirement numpy==1.26.4 (from versions: 2.1.0)'
  const { message, facts } = failureOf('It', [line])
  assert.is(facts['fault'], 'no-package')
  assert.match(message, 'there is no numpy==1.26.4 for this Python')
})

test('anything else is told by its last error', () => {
  const lines = ['x', 'ERROR: Failed building wheel for jieba', 'hint: see above']
  const { kind, message, facts } = failureOf('It', lines)
  assert.is(kind, 'DependencyMissing')
  assert.is(message, 'It failed: ERROR: Failed building wheel for jieba')
  assert.equal(facts['output'], lines)
  assert.match(failureOf('It', []).message, 'it said nothing')
})

test('errors of the system that a user can mend are told, and others are not ours to explain', () => {
  const of = (code: string) =>
    failureOfSystem('It', Object.assign(new Error(`${code}: x`), { code, path: '/data' }))
  const told = (code: string) => (of(code) as ReturnType<typeof failureOf>).message
  assert.match(told('ENOSPC'), 'the disk is full')
  assert.match(told('EACCES'), '/data cannot be written')
  const other = new Error('x')
  assert.is(failureOfSystem('It', other), other)
})

test.run()
