/** Engines whose fates are tied together, one of them with several processes, in virtual time. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { fakeHost } from './fake-host.js'

const test = suite('groups of pools')

const abc = { a: { command: 'a' }, b: { command: 'b', pool: 2 }, c: { command: 'c' } }
const grouped = (strategy: 'one_for_all' | 'rest_for_one') => {
  const host = fakeHost({ engines: abc, strategy }, () => ({ readyAfterMs: 5, stopsAfterMs: 3 }))
  /** Starts and ends, as `ms key what`, since it was asked last. */
  const lives = (): string[] => host.events.splice(0).filter((it) => / (starting|ended)$/.test(it))
  return { ...host, lives }
}

for (const strategy of ['one_for_all', 'rest_for_one'] as const) {
  test(`${strategy}: a pool starts together, in its place, and stops so`, async () => {
    const { clock, supervisor, lives } = grouped(strategy)
    await clock.advance(100)
    assert.equal(lives(), ['0 a starting', '5 b#1 starting', '5 b#2 starting', '10 c starting'])
    const stopped = supervisor.stop()
    await clock.advance(100)
    await stopped
    const [first, second, third, last] = lives()
    assert.equal([first, last], ['103 c ended', '109 a ended'])
    assert.equal([second, third].sort(), ['106 b#1 ended', '106 b#2 ended'])
  })

  test(`${strategy}: the end of one process of a pool concerns nobody else`, async () => {
    const { clock, processes, lives } = grouped(strategy)
    await clock.advance(100)
    lives()
    processes.find(({ name }) => name === 'b')?.die()
    await clock.advance(1000)
    assert.equal(lives(), ['100 b#1 ended', '300 b#1 starting'])
  })
}

test('one_for_all: the end of another one takes all of the pool with it', async () => {
  const { clock, last, lives } = grouped('one_for_all')
  await clock.advance(100)
  lives()
  last('a').die()
  await clock.advance(1000)
  const told = lives()
  assert.equal(told.slice(0, 2), ['100 a ended', '103 c ended'])
  assert.equal(told.slice(2, 4).sort(), ['106 b#1 ended', '106 b#2 ended'])
  assert.equal(told.slice(4), [
    '300 a starting',
    '305 b#1 starting',
    '305 b#2 starting',
    '310 c starting',
  ])
})

test('rest_for_one: a pool goes with what came before it, and not with what comes after', async () => {
  const { clock, last, lives } = grouped('rest_for_one')
  await clock.advance(100)
  lives()
  last('c').die()
  await clock.advance(1000)
  assert.equal(lives(), ['100 c ended', '300 c starting'])
  last('a').die()
  await clock.advance(1000)
  const told = lives()
  assert.equal(told.slice(0, 2), ['1100 a ended', '1103 c ended'])
  assert.equal(told.slice(2, 4).sort(), ['1106 b#1 ended', '1106 b#2 ended'])
  assert.equal(told.length, 8)
})

test.run()
