import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { LogLevels } from '../../src/logging/log-levels.js'
import { levelRanks, logLevels } from '../../src/ports/logger.js'

const test = suite('LogLevels')

const told = (levels: LogLevels, ...modules: (string | undefined)[]) =>
  modules.map((module) => logLevels[levels.lowest(module)])

test('ranks go up as levels do', () => {
  assert.equal(
    logLevels.map((level) => levelRanks[level]),
    [0, 1, 2, 3, 4, 5],
  )
})

test('a module goes by its own level, by that of the nearest around it, or by that of all', () => {
  const levels = new LogLevels('info')
  levels.use('warn', { decoder: 'debug', 'decoder.beam': 'error' })
  assert.equal(
    told(levels, undefined, 'vad', 'decoder', 'decoder.lm', 'decoder.beam.width', 'decoders'),
    ['warn', 'warn', 'debug', 'debug', 'error', 'warn'],
  )
})

test('names that objects have by themselves are names as others', () => {
  const levels = new LogLevels('info')
  assert.equal(told(levels, 'constructor', '__proto__', ''), ['info', 'info', 'info'])
  levels.set('debug', '__proto__')
  assert.equal(told(levels, '__proto__', 'toString'), ['debug', 'info'])
})

test('a level of one module changes no other, and one for all those that have none', () => {
  const levels = new LogLevels('info')
  levels.set('trace', 'vad')
  assert.equal(told(levels, undefined, 'vad', 'vad.x'), ['info', 'trace', 'trace'])
  levels.set('error')
  assert.equal(told(levels, undefined, 'vad', 'asr'), ['error', 'trace', 'error'])
})

test('every change counts', () => {
  const levels = new LogLevels('info')
  const versions = [levels.version]
  levels.set('trace', 'vad')
  versions.push(levels.version)
  levels.set('warn')
  versions.push(levels.version)
  levels.use('warn', {})
  versions.push(levels.version)
  assert.is(new Set(versions).size, 4)
})

test.run()
