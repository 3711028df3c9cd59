/** When an engine comes back, and when it does not: exact, as time and chance are given. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  afterEnd,
  backoffMs,
  type Ended,
  type FailureHistory,
  noFailures,
  type RestartSettings,
  restartPolicy,
} from '../../src/host/restart-policy.js'

const test = suite('restart policy')

const crashed: Ended = { reason: 'signal', readyAt: 0 }
const neverReady: Ended = { reason: 'exit', exitCode: 1 }

/** Lets an engine end at the given times, each longest wait taken in full. */
const schedule = (settings: RestartSettings, ends: readonly (Ended & { at: number })[]) => {
  const policy = restartPolicy(settings)
  let history: FailureHistory = noFailures
  return ends.map(({ at, ...ended }) => {
    const verdict = afterEnd(policy, history, ended, at, 1)
    history = verdict.history
    return verdict.what === 'restart' ? verdict.delayMs : verdict.what
  })
}

test('waits twice as long each time, up to the cap', () => {
  const ends = [0, 1, 2, 3, 4, 5].map((n) => ({ ...neverReady, at: n * 1000 }))
  const settings: RestartSettings = {
    backoff: { base: 100, factor: 2, cap: 1000 },
    startFailures: { most: 10, within: '1m' },
  }
  assert.equal(schedule(settings, ends), [100, 200, 400, 800, 1000, 1000])
})

test('spreads a wait over all of its time', () => {
  const policy = restartPolicy({ backoff: { base: 1000, cap: '30s' } })
  assert.equal(
    [0, 0.25, 0.999].map((chance) => backoffMs(policy, 3, chance)),
    [0, 1000, 3996],
  )
})

test('begins anew when it was stable, counted from ready and not from the spawn', () => {
  const settings: RestartSettings = { backoff: { base: 100 }, stableFor: '10s' }
  assert.equal(
    schedule(settings, [
      { ...crashed, at: 9_000 },
      { reason: 'signal', readyAt: 10_000, at: 19_999 },
      { reason: 'signal', readyAt: 20_000, at: 30_000 },
      { reason: 'signal', readyAt: 31_000, at: 32_000 },
    ]),
    [100, 200, 100, 200],
  )
})

test('has a budget for starts and one for crashes, each in a sliding window', () => {
  const settings: RestartSettings = {
    backoff: { base: 1, factor: 1 },
    startFailures: { most: 2, within: '10s' },
    crashes: { most: 2, within: '10s' },
  }
  const starts = [0, 1000, 9_999].map((at) => ({ ...neverReady, at }))
  assert.equal(schedule(settings, starts), [1, 1, 'quarantine'])
  const late = [0, 1000, 10_000].map((at) => ({ ...neverReady, at }))
  assert.equal(schedule(settings, late), [1, 1, 1], 'the first one is out of the window')
  const mixed = [
    { ...neverReady, at: 0 },
    { ...crashed, at: 1 },
    { ...neverReady, at: 2 },
    { ...crashed, at: 3 },
  ]
  assert.equal(schedule(settings, mixed), [1, 1, 1, 1], 'they do not add up')
})

test('trips over a crash every 40 s, however stable it looks in between', () => {
  const ends = Array.from({ length: 90 }, (_, n) => ({
    reason: 'signal' as const,
    readyAt: n * 40_000,
    at: n * 40_000 + 39_000,
  }))
  const told = schedule({ stableFor: '30s', crashes: { most: 10, within: '10m' } }, ends)
  assert.is(told.indexOf('quarantine'), 10)
})

test('lets permanent ones come back always, transient ones after trouble, temporary ones never', () => {
  const good = { reason: 'exit', exitCode: 0, readyAt: 0, at: 1 } as const
  const told = (type: RestartSettings['type'], ended: Ended) =>
    schedule({ type, backoff: { base: 7 } } as RestartSettings, [{ ...ended, at: 1 }])[0]
  assert.equal([told('permanent', good), told('permanent', crashed)], [7, 7])
  assert.equal([told('transient', good), told('transient', crashed)], ['rest', 7])
  assert.equal([told('temporary', good), told('temporary', crashed)], ['rest', 'rest'])
  const fine = schedule({ type: 'transient', goodExitCodes: [0, 3] }, [{ ...good, exitCode: 3 }])
  assert.equal(fine, ['rest'])
})

test('does not try again what can only fail', () => {
  assert.equal(schedule({}, [{ reason: 'failed_to_start', at: 0 }]), ['quarantine'])
  const short = { reason: 'failed_to_start', isTransient: true, at: 0 } as const
  assert.equal(schedule({}, [short]), [200], 'for want of descriptors')
  for (const exitCode of [64, 78, 126, 127]) {
    assert.equal(schedule({}, [{ reason: 'exit', exitCode, at: 0 }]), ['quarantine'])
    const [later] = schedule({}, [{ reason: 'exit', exitCode, readyAt: 0, at: 1 }])
    assert.is(later, 200, 'it has worked once')
  }
})

test('refuses what is no duration', () => {
  assert.throws(() => restartPolicy({ stableFor: '5 minutes' as '5m' }), /Not a duration/)
})

test.run()
