import { filter, take } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Relay } from '../../pipelines/relay.js'

const test = suite('Relay')

const seenBy = (relay: Relay<number>): number[] => {
  const seen: number[] = []
  relay.subscribe((value) => seen.push(value))
  return seen
}

test('every observer sees one order, also when one emits through it again', () => {
  const relay = new Relay<number>()
  const first = seenBy(relay)
  relay.pipe(filter((value) => value < 3)).subscribe((value) => relay.next(value + 1))
  const second = seenBy(relay)
  relay.next(1)
  assert.equal(first, [1, 2, 3])
  assert.equal(second, [1, 2, 3])
  relay.next(5)
  assert.equal(first, [1, 2, 3, 5])
})

test('100,000 values that each bring the next are no recursion', () => {
  const relay = new Relay<number>()
  relay.pipe(filter((value) => value < 100_000)).subscribe((value) => relay.next(value + 1))
  const seen = seenBy(relay)
  relay.next(1)
  assert.is(seen.length, 100_000)
})

test('an observer that throws harms neither the others nor what waits', async () => {
  const relay = new Relay<number>()
  const reported = new Promise((resolve) => process.once('uncaughtException', resolve))
  relay.subscribe((value) => {
    if (value === 1) {
      relay.next(2)
      throw new Error('observer')
    }
  })
  const seen = seenBy(relay)
  relay.next(1)
  assert.equal(seen, [1, 2])
  assert.equal(await reported, new Error('observer')) // RxJS's own way to tell of it
})

test('observers come and go while it emits', () => {
  const relay = new Relay<number>()
  const late: number[][] = []
  relay.pipe(take(1)).subscribe(() => late.push(seenBy(relay)))
  const seen = seenBy(relay)
  relay.next(1)
  relay.next(2)
  assert.equal(seen, [1, 2])
  assert.equal(late, [[2]])
})

test('gives what nobody listens for to who wants it', () => {
  const relay = new Relay<number>()
  const unheard: number[] = []
  relay.next(1)
  relay.unheard = (value) => unheard.push(value)
  relay.next(2)
  const first = relay.pipe(take(1)).subscribe()
  const second = relay.subscribe()
  relay.next(3)
  first.unsubscribe()
  relay.next(4)
  second.unsubscribe()
  relay.next(5)
  assert.equal(unheard, [2, 5])
})

test('completes for all, and for those who come too late', () => {
  const relay = new Relay<number>()
  let completed = 0
  relay.subscribe({ complete: () => (completed += 1) })
  relay.complete()
  relay.subscribe({ complete: () => (completed += 1) })
  assert.is(completed, 2)
})

test('observers are told in the order they came', () => {
  const relay = new Relay<number>()
  const seen: string[] = []
  for (const name of ['a', 'b', 'c']) relay.subscribe((value) => seen.push(`${name}${value}`))
  relay.next(1)
  relay.next(2)
  assert.equal(seen, ['a1', 'b1', 'c1', 'a2', 'b2', 'c2'])
})

test.run()
