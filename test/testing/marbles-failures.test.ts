import {
  config,
  interval,
  map,
  mergeMap,
  NEVER,
  Observable,
  of,
  take,
  throwError,
  timer,
} from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type MarbleHelpers, marbles } from '../../src/testing/index.js'
import { failure } from './rejection.js'

const test = suite('marbles failing')

test('a promise in mergeMap is not silence', async () => {
  const { message } = await failure(({ cold, expectObservable }) => {
    expectObservable(cold('a').pipe(mergeMap(async (value) => value))).toBe('-')
  })
  assert.match(message, 'actual    a')
})

test('two different Errors are not the same', async () => {
  for (const other of [
    new Error('y'),
    new TypeError('x'),
    Object.assign(new Error('x'), { code: 1 }),
  ]) {
    const { message } = await failure(({ cold, expectObservable }) => {
      expectObservable(cold('-#', undefined, new Error('x'))).toBe('-#', undefined, other)
    })
    assert.match(message, 'frame 1')
  }
})

test('a frame, a value, a kind or an order that differs is not the same', async () => {
  for (const marbles of [
    '--a-(bc|)',
    '-x--(bc|)',
    '-#--(bc|)',
    '-a--(cb|)',
    '-a--(bc)',
    '-a--(bc|)d',
  ]) {
    const { message } = await failure(({ cold, expectObservable }) => {
      expectObservable(cold('-a--(bc|)')).toBe(marbles)
    })
    assert.match(message, 'marbles differ')
  }
})

test('a value is not an error of the same value', async () => {
  const { message } = await failure(({ cold, expectObservable }) => {
    expectObservable(cold('-a')).toBe('-#', undefined, 'a')
  })
  assert.match(message, "expected  # error 'a'")
})

test('a test that expects nothing fails', async () => {
  assert.match((await failure(() => {})).message, 'expected nothing: ')
  const { message } = await failure(({ expectObservable }) => {
    expectObservable(of(1)).toBe('(a|)', { a: 1 })
    expectObservable(NEVER)
  })
  assert.match(message, /expected nothing of it: .* test\/testing\/marbles-failures.test.ts:\d+:5$/)
})

test('an expectation compared twice holds twice', async () => {
  const { message } = await failure(({ expectObservable }) => {
    const expectation = expectObservable(of('a'))
    expectation.toBe('(b|)')
    expectation.toBe('(a|)')
  })
  assert.match(message, 'frame 0')
})

const site = /test\/testing\/marbles-failures\.test\.ts:\d+:\d+/

test('a failure shows aligned rows, the frame, the values and the call site', async () => {
  const values = { a: { id: 1 }, b: { id: 2 } }
  const error = await failure(({ cold, expectObservable }) => {
    const source = cold('-a--c-(ab|)', { ...values, c: { id: 3, text: 'x' } })
    expectObservable(source).toBe('-a---b---|', values)
  })
  assert.snapshot(
    error.message.replace(site, 'SITE'),
    `
    marbles differ, SITE
      expected  -a---b---  |
      actual    -a--A-(ab|)
                    ▲
      frame 4
        expected  nothing
        actual    A = { id: 3, text: 'x' }`.slice(1),
  )
  assert.match(error.message, site)
  assert.match(error.stack ?? '', site)
  assert.not.match(error.stack ?? '', '▲') // uvu prints the message itself
})

test('a failure shows Errors without their stacks, and long times as such', async () => {
  const { message } = await failure(({ cold, expectObservable }) => {
    const cause = new TypeError('inner')
    const late = Object.assign(new Error('late', { cause }), { code: -32001 })
    expectObservable(cold('a 5s #', undefined, late)).toBe('a 5s |')
  })
  assert.snapshot(
    message.replace(site, 'SITE'),
    `
    marbles differ, SITE
      expected  a 5s |
      actual    a 5s #
                     ▲
      frame 5001
        expected  | completes
        actual    # error Error: late {
                    code: -32001,
                    [cause]: TypeError: inner
                  }`.slice(1),
  )
})

test('a failure of subscriptions shows each of them', async () => {
  const { message } = await failure(({ cold, expectObservable, expectSubscriptions }) => {
    const source = cold('a--b--|')
    expectObservable(source, '--^--!').toBe('--a')
    expectSubscriptions(source.subscriptions).toBe(['--^---!', '---^'])
  })
  assert.snapshot(
    message.replace(site, 'SITE'),
    `
    marbles differ, SITE
      expected  --^---!
      actual    --^--!
      expected  ---^--
      actual    none
                   ▲
      frame 3`.slice(1),
  )
})

test('a failure in a long list shows the part around it', async () => {
  const { message } = await failure(({ expectObservable }) => {
    const counted = interval(1).pipe(take(5000))
    const wrong = counted.pipe(map((count) => (count === 4000 ? -1 : count)))
    expectObservable(wrong).toEqual(counted)
  })
  assert.match(message, 'frame 4001')
  assert.ok(message.length < 600, message)
})

test('a failure of several expectations shows all, in their order', async () => {
  const { message } = await failure(({ expectObservable }) => {
    expectObservable(of(1)).toBe('-')
    expectObservable(of(2)).toBe('-')
  })
  assert.is(message.match(/marbles differ/g)?.length, 2)
})

const fail = (message = 'nobody handles it') => {
  throw new Error(message)
}

test('errors that nobody handles fail the test', async () => {
  const causes: (() => unknown)[] = [
    () => void Promise.reject(new Error('nobody handles it')),
    () => void Promise.reject('nobody handles it'),
    () => setTimeout(async () => fail(), 5),
    () => timer(5).subscribe(() => fail()),
    () => interval(5).subscribe(() => fail()),
    () => throwError(() => new Error('nobody handles it')).subscribe(),
    () => setTimeout(fail, 5, 'nobody handles it'),
    () => queueMicrotask(fail),
    () => process.nextTick(fail),
  ]
  for (const cause of causes) {
    const { message } = await failure(({ expectObservable }) => {
      expectObservable(NEVER).toBe('-')
      cause()
    })
    assert.match(message, 'nobody handles it', String(cause))
  }
})

const realGlobals = { setTimeout, clearTimeout, setInterval, clearInterval, Date }
const globalsNow = () => ({ setTimeout, clearTimeout, setInterval, clearInterval, Date })

test('globals, config and listeners are put back, however the test ends', async () => {
  const onUnhandledError = () => {}
  config.onUnhandledError = onUnhandledError
  const listeners = process.listenerCount('unhandledRejection')
  const failingTeardown = new Observable(() => fail)
  const ends: ((helpers: MarbleHelpers) => void | Promise<void>)[] = [
    () => fail(),
    async () => Promise.reject(new Error('in an async body')),
    () => void setTimeout(fail, 1),
    ({ expectObservable }) => expectObservable(failingTeardown).toBe('-'),
  ]
  for (const end of ends) {
    await failure((helpers) => {
      assert.is.not(setTimeout, realGlobals.setTimeout)
      return end(helpers)
    })
    assert.equal(globalsNow(), realGlobals)
    assert.is(config.onUnhandledError, onUnhandledError)
    assert.is(process.listenerCount('unhandledRejection'), listeners)
    assert.is(process.listenerCount('uncaughtException'), 0)
  }
  config.onUnhandledError = null
})

test('a test that is stuck in its body is ended and named, in real time', async () => {
  const stuck = marbles(() => new Promise<void>(() => {}), { realTimeoutMs: 20 })
  let message = ''
  await stuck({ __test__: 'my test' }).catch((error) => {
    message = error.message
  })
  assert.match(
    message,
    /^the marble test 'my test' \(test\/testing\/marbles-failures.test.ts:\d+:17\) still waits/,
  )
  assert.match(message, 'after 20 ms of real time for its body')
  assert.equal(globalsNow(), realGlobals)
})

test('a test that is stuck in virtual time is ended, and its clock stops', async () => {
  let ticks = 0
  const { message } = await failure(
    async ({ clock, expectObservable }) => {
      expectObservable(NEVER).toBe('-')
      setInterval(() => {
        ticks += 1
      }, 1)
      await clock.advance(1e12)
    },
    { realTimeoutMs: 30 },
  )
  assert.match(message, 'still waits')
  const before = ticks
  await new Promise((resolve) => setTimeout(resolve, 10))
  assert.is(ticks, before)
})

test('errors fail the test even where the process is set to ignore them', async () => {
  const ignore = () => {}
  config.onUnhandledError = ignore
  process.on('unhandledRejection', ignore)
  for (const cause of [
    () => void Promise.reject(new Error('ignored')),
    () => timer(1).subscribe(() => fail('ignored')),
  ]) {
    const { message } = await failure(({ expectObservable }) => {
      expectObservable(NEVER).toBe('-')
      cause()
    })
    assert.match(message, 'ignored')
  }
  process.off('unhandledRejection', ignore)
  config.onUnhandledError = null
})

test('tests run one at a time, also after one that its runner did not wait for', async () => {
  const told: string[] = []
  const named = (name: string) =>
    marbles(async ({ clock, expectObservable }) => {
      told.push(`${name} begins at ${clock.now()}`)
      expectObservable(NEVER).toBe('-')
      await clock.advance(5)
      told.push(`${name} ends at ${clock.now()}`)
    })
  const failing = marbles(() => {
    throw new Error('no')
  })
  const [first, second, third] = [named('a')(), failing(), named('b')()]
  assert.is(await second.catch(({ message }: Error) => message), 'no')
  await Promise.all([first, third])
  assert.equal(told, ['a begins at 0', 'a ends at 5', 'b begins at 0', 'b ends at 5'])
})

test.run()
