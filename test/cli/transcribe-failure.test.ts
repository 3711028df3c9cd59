/** What helps a file that has no transcript. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { failureOf } from '../../src/cli/transcribe-failure.js'
import { rpcError } from '../../src/protocol/rpc-error.js'

const test = suite('why a file has no transcript')

test('doubts the engine only if it does not understand what it is asked', () => {
  const doubt = /^It may be no engine for speech/
  const problems = [{ path: '/audio', expected: 'string', got: 'object' }]
  const strange = rpcError('InvalidParams', 'params do not fit', { problems, count: 1 })
  assert.match(failureOf(strange, 'mine').hint ?? '', doubt)
  assert.match(failureOf(rpcError('MethodNotFound', 'no such method'), 'mine').hint ?? '', doubt)
  const late = rpcError('InvalidParams', 'The clip starts at 9 s, and the audio ends at 4 s.')
  assert.is(failureOf(late, 'mine').hint, undefined)
})

test('only a host knows of the end of an engine', () => {
  const own = rpcError('EngineGone', 'The engine ended by SIGKILL')
  assert.is(failureOf(own, 'mine').hint, 'All that is known of its end: sidestream explain')
})

test.run()
