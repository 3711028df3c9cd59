/** How fast, and how long still. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { paceOf } from '../../src/cli/transcribe-pace.js'

const test = suite('transcribe, pace')
const told = { at: 3000, processed: 30, duration: 90, ratio: 1 / 3 }
const unknown = { speed: undefined, leftMs: undefined }

test('is not known before some audio is done', () => {
  assert.equal(paceOf({ file: 'a' }, 0), { ratio: 0, ...unknown })
  assert.equal(paceOf({ file: 'a', startedAt: 5 }, 9), { ratio: 0, ...unknown })
  const none = { at: 9, processed: 0, duration: 90, ratio: 0 }
  assert.equal(paceOf({ file: 'a', startedAt: 5, told: none }, 9), { ratio: 0, ...unknown })
  assert.equal(paceOf({ file: 'a', startedAt: 3000, told }, 3000), { ratio: 1 / 3, ...unknown })
})

test('is audio done by time taken since the model began', () => {
  const running = { file: 'a', startedAt: 1000, told }
  assert.equal(paceOf(running, 3000), { ratio: 1 / 3, speed: 15, leftMs: 4000 })
})

test('the time left goes down between two reports, and never below nothing', () => {
  const running = { file: 'a', startedAt: 1000, told }
  assert.is(paceOf(running, 4500).leftMs, 2500)
  assert.is(paceOf(running, 99_000).leftMs, 0)
})

test.run()
