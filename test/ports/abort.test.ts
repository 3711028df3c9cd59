import { getEventListeners } from 'node:events'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { onAbort, withAny } from '../../src/ports/abort.js'

const test = suite('onAbort')
const listeners = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length

test('a signal has one listener, however many tasks, and none without', () => {
  const { signal } = new AbortController()
  const forget = Array.from({ length: 100 }, () => onAbort(signal, () => {}))
  assert.is(listeners(signal), 1)
  for (const stop of [...forget, ...forget]) stop()
  assert.is(listeners(signal), 0)
  onAbort(signal, () => {})()
  assert.is(listeners(signal), 0)
})

test('each task is called once and in order, but not those taken back, even just now', () => {
  const controller = new AbortController()
  const { signal } = controller
  const called: string[] = []
  onAbort(signal, () => {
    called.push('a')
    forgetC()
  })
  const forgetB = onAbort(signal, () => called.push('b'))
  const forgetC = onAbort(signal, () => called.push('c'))
  onAbort(signal, () => called.push('d'))
  forgetB()
  controller.abort()
  controller.abort()
  assert.equal(called, ['a', 'd'])
})

test('a task of no signal is never called', () => onAbort(undefined, assert.unreachable)())

test('any of several signals ends what uses them, and nothing of it stays at the others', async () => {
  const [one, two] = [new AbortController(), new AbortController()]
  const signals = [one.signal, two.signal]
  const reason = withAny(
    signals,
    (signal) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject('aborted'))
      }),
  ).catch((it) => it)
  assert.equal(signals.map(listeners), [1, 1])
  two.abort()
  assert.is(await reason, 'aborted')
  assert.equal(signals.map(listeners), [0, 0])
  assert.ok(await withAny(signals, async ({ aborted }) => aborted))
})

test.run()
