import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  type Effect,
  initial,
  type Lifecycle,
  type LifecycleEvent,
  step,
} from '../../src/engine/lifecycle.js'
import { parseError } from '../../src/protocol/rpc-error.js'

const test = suite('lifecycle')

/** The state, and all effects, after these events. */
const after = (...events: readonly LifecycleEvent[]) => {
  let state: Lifecycle = initial
  const effects: Effect[] = []
  for (const event of events) {
    const [next, ...more] = step(state, event)
    state = next
    effects.push(...more)
  }
  return { ...state, effects }
}

const started: LifecycleEvent = { type: 'started' }
const failed: LifecycleEvent = { type: 'start-failed', error: new Error('no model') }
const ill: LifecycleEvent = { type: 'health-changed', isHealthy: false, reason: 'checks: gpu' }
const well: LifecycleEvent = { type: 'health-changed', isHealthy: true, reason: 'checks passed' }
const term: LifecycleEvent = { type: 'signal', signal: 'SIGTERM' }
const int: LifecycleEvent = { type: 'signal', signal: 'SIGINT' }
const hup: LifecycleEvent = { type: 'signal', signal: 'SIGHUP' }
const shutdown: LifecycleEvent = { type: 'shutdown-called', graceMs: 100 }
const ended: LifecycleEvent = { type: 'input-ended' }
const framing: LifecycleEvent = { type: 'framing-failed', error: parseError('no length') }
const broken: LifecycleEvent = { type: 'output-broken', error: new Error('EPIPE') }
const orphaned: LifecycleEvent = { type: 'parent-gone' }
const drained: LifecycleEvent = { type: 'drained' }
const late: LifecycleEvent = { type: 'drain-deadline' }
const finished: LifecycleEvent = { type: 'finished', isWhole: true }
const cutShort: LifecycleEvent = { type: 'finished', isWhole: false }

const drain = (graceMs?: number): Effect => ({ type: 'drain', graceMs })
const awaitCalls: Effect = { type: 'await-calls' }
const abort: Effect = { type: 'abort-calls' }
const finish = (
  haste: 'calm' | 'soon' | 'now',
  lastWord?: Extract<Effect, { type: 'finish' }>['lastWord'],
): Effect => ({
  type: 'finish',
  lastWord,
  haste,
})
const exit = (code: number): Effect => ({ type: 'exit', code })

/** What follows when an event comes in a state; the events before it lead there. */
const table: readonly (readonly [
  string,
  readonly LifecycleEvent[],
  LifecycleEvent,
  string,
  readonly Effect[],
])[] = [
  ['starting: started', [], started, 'ready started', []],
  ['starting: start-failed', [], failed, 'failed start failed', [abort, finish('calm')]],
  ['starting: end of input waits for calls', [], ended, 'starting start', [awaitCalls]],
  ['starting: and ends with them', [ended], drained, 'draining end of input', [drain()]],
  ['starting: then it comes again', [ended], started, 'ready started', [{ type: 'end-input' }]],
  ['starting: SIGTERM', [], term, 'draining SIGTERM', [drain()]],
  ['starting: shutdown', [], shutdown, 'draining shutdown', [drain(100)]],
  ['starting: SIGHUP', [], hup, 'starting start', [{ type: 'reload' }]],
  ['starting: ill', [], ill, 'starting start', []],
  ['starting: drained', [], drained, 'starting start', []],
  ['ready: ill', [started], ill, 'degraded checks: gpu', []],
  ['ready: well', [started], well, 'ready started', []],
  ['ready: started again', [started], started, 'ready started', []],
  ['ready: SIGTERM', [started], term, 'draining SIGTERM', [drain()]],
  ['ready: SIGINT', [started], int, 'draining SIGINT', [drain()]],
  ['ready: SIGHUP', [started], hup, 'ready started', [{ type: 'reload' }]],
  ['ready: shutdown', [started], shutdown, 'draining shutdown', [drain(100)]],
  ['ready: end of input', [started], ended, 'draining end of input', [drain()]],
  [
    'ready: framing',
    [started],
    framing,
    'draining framing',
    [abort, finish('calm', parseError('no length'))],
  ],
  ['ready: output broken', [started], broken, 'draining output broken', [abort, finish('soon')]],
  ['ready: parent gone', [started], orphaned, 'draining parent gone', [abort, finish('soon')]],
  ['ready: drained', [started], drained, 'ready started', []],
  ['ready: drain-deadline', [started], late, 'ready started', []],
  ['degraded: well', [started, ill], well, 'ready checks passed', []],
  ['degraded: ill', [started, ill], ill, 'degraded checks: gpu', []],
  ['degraded: SIGTERM', [started, ill], term, 'draining SIGTERM', [drain()]],
  ['draining: drained', [started, term], drained, 'draining SIGTERM', [finish('calm')]],
  ['draining: drained again', [started, term, drained], drained, 'draining SIGTERM', []],
  ['draining: late', [started, term], late, 'draining SIGTERM', [abort, finish('calm')]],
  ['draining: late after drained', [started, term, drained], late, 'draining SIGTERM', []],
  ['draining: shutdown', [started, term], shutdown, 'draining SIGTERM', []],
  ['draining: end of input', [started, term], ended, 'draining SIGTERM', []],
  ['draining: ill', [started, term], ill, 'draining SIGTERM', []],
  ['draining: started', [term], started, 'draining SIGTERM', []],
  ['draining: start-failed', [term], failed, 'draining SIGTERM', []],
  [
    'draining: second signal',
    [started, shutdown],
    int,
    'draining second signal (SIGINT)',
    [abort, finish('now')],
  ],
  [
    'draining: parent gone',
    [started, term],
    orphaned,
    'draining parent gone',
    [abort, finish('soon')],
  ],
  ['draining: whole', [started, term, drained], finished, 'stopped SIGTERM', [exit(0)]],
  ['draining: cut short', [started, term, drained], cutShort, 'stopped SIGTERM', [exit(75)]],
  ['draining: late and whole', [started, term, late], finished, 'stopped SIGTERM', [exit(75)]],
  ['failed: finished', [failed], finished, 'stopped start failed', [exit(70)]],
  ['failed: cut short', [failed], cutShort, 'stopped start failed', [exit(70)]],
  ['failed: end of input', [failed], ended, 'failed start failed', []],
  ['failed: started', [failed], started, 'failed start failed', []],
  ['failed: SIGTERM', [failed], term, 'failed signal (SIGTERM)', [abort, finish('now')]],
  ['failed: parent gone', [failed], orphaned, 'failed parent gone', [abort, finish('soon')]],
  ['stopped: anything', [started, term, drained, finished], orphaned, 'stopped SIGTERM', []],
]

for (const [name, before, event, next, effects] of table) {
  test(name, () => {
    const { effects: earlier } = after(...before)
    const { phase, reason, effects: all } = after(...before, event)
    assert.is(`${phase} ${reason}`, next)
    assert.equal(all.slice(earlier.length), effects)
  })
}

const codes: readonly (readonly [number, readonly LifecycleEvent[]])[] = [
  [0, [started, ended, drained]],
  [65, [started, framing]],
  [70, [failed, orphaned]],
  [74, [started, broken, framing]],
  [74, [started, orphaned]],
  [75, [started, shutdown, late]],
  [130, [started, int, int]],
  [143, [started, int, term, broken]],
  [65, [started, framing, int]],
]

for (const [code, events] of codes) {
  test(`${events.map((event) => event.type).join(', ')} exits with ${code}: the first fatal cause decides`, () => {
    assert.equal(after(...events, finished).effects.at(-1), exit(code))
  })
}

test('a second fatal cause that is no hastier changes nothing', () => {
  const once = after(started, framing)
  assert.equal(after(started, framing, framing).effects, once.effects)
})

test.run()
