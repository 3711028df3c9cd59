/** Which Python an engine gets, and what is said when there is none. */
import { mkdirSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { pythonOf, stateOf } from '../../../src/speech/setup/installed.js'
import { engineFiles } from '../../../src/speech/setup/places.js'
import { somePlaces, write, writeEngine } from './some-places.js'

const test = suite('installed')

const refusal = async (...args: Parameters<typeof pythonOf>): Promise<string> => {
  const found = await pythonOf(...args)
  if (E.isRight(found)) return assert.unreachable() as never
  assert.is(found.left.kind, 'DependencyMissing')
  return found.left.message
}

test('gives the Python of an installation that was finished', async () => {
  const places = somePlaces()
  writeEngine(places)
  const { python } = engineFiles('faster-whisper', places)
  assert.equal(await pythonOf('faster-whisper', {}, places), E.right(python))
  const state = await stateOf('faster-whisper', places)
  assert.equal(state.is === 'installed' && state.version, '1.2.1')
})

test('says how to install what is missing, unfinished or broken', async () => {
  const places = somePlaces()
  const { venv, marker } = engineFiles('faster-whisper', places)
  const command = 'npx sidestream engines install faster-whisper'
  const missing = await refusal('faster-whisper', {}, places)
  assert.is(missing, `faster-whisper is not installed. To install it: ${command}`)
  mkdirSync(venv, { recursive: true })
  assert.match(await refusal('faster-whisper', {}, places), 'was not finished')
  write(places.data, { 'engines/faster-whisper/installed.json': '{"version": 1' })
  assert.match(await refusal('faster-whisper', {}, places), 'was not finished')
  const removed = somePlaces()
  writeEngine(removed, '/nowhere/python3.8')
  const broken = await refusal('faster-whisper', {}, removed)
  assert.match(broken, `is gone: ${engineFiles('faster-whisper', removed).python}`)
  assert.match(broken, `To install it anew: ${command}`)
  assert.ok(marker.startsWith(places.data))
})

test('gives the Python that is set, unless it is not there', async () => {
  const places = somePlaces()
  const set = E.right(process.execPath)
  assert.equal(await pythonOf('funasr', { python: process.execPath }, places), set)
  assert.equal(await pythonOf('funasr', { python: 'python3' }, places), E.right('python3'))
  const refused = await refusal('funasr', { python: '/nowhere/python' }, places)
  assert.is(refused, 'There is no Python at /nowhere/python, which funasr is set to')
})

test.run()
