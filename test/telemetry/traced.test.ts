import { context, diag, SpanStatusCode, trace } from '@opentelemetry/api'
import { EMPTY, Observable, of, switchMap, take, throwError, timer } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { rpcError } from '../../src/protocol/rpc-error.js'
import { marbles } from '../../src/testing/index.js'
import { traced } from '../../telemetry/traced.js'
import { idOf, parentIdOf, type Recording, recording } from './recording.js'

const test = suite('traced')

let it: Recording
test.before.each(() => {
  it = recording()
})
test.after.each(() => it.end())

const activeId = (): string | undefined => trace.getSpanContext(context.active())?.spanId

test(
  'passes values, the end and the unsubscription unchanged',
  marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const whole = cold('-a-b-|')
    expectObservable(whole.pipe(traced('whole'))).toBe('-a-b-|')
    const failing = cold('-a-#')
    expectObservable(failing.pipe(traced('failing'))).toBe('-a-#')
    const left = cold('-a-b-|')
    expectObservable(left.pipe(traced('left')), '^--!').toBe('-a')
    expectSubscriptions(left.subscriptions).toBe('^--!')
  }),
)

test('is one span for each subscription, that ends with it', () => {
  const twice = of(1).pipe(traced('twice'))
  assert.is(it.named('twice').length, 0)
  twice.subscribe()
  twice.subscribe()
  assert.is(it.named('twice').length, 2)
  assert.is(it.named('twice')[0]?.status.code, SpanStatusCode.UNSET)
})

test('an error is one of the span', () => {
  const errors: unknown[] = []
  const failing = (error: unknown): void => {
    throwError(() => error)
      .pipe(traced('failing'))
      .subscribe({ error: (told) => errors.push(told) })
  }
  const own = new TypeError('oops')
  failing(own)
  failing(rpcError('NoFile', 'There is no file'))
  failing('text')
  assert.is(errors[0], own)
  assert.equal(
    it.named('failing').map(({ status, attributes }) => [status.message, attributes['error.type']]),
    [
      ['oops', 'TypeError'],
      ['There is no file', 'NoFile'],
      ['text', 'Error'],
    ],
  )
  assert.is(it.named('failing')[0]?.status.code, SpanStatusCode.ERROR)
})

test('an error that cannot be printed is passed on as it is', () => {
  const bare = Object.create(null)
  let told: unknown
  throwError(() => bare)
    .pipe(traced('failing'))
    .subscribe({
      error: (error) => {
        told = error
      },
    })
  assert.is(told, bare)
})

test('an early unsubscription is told, and is no error', () => {
  timer(60_000).pipe(traced('left')).subscribe().unsubscribe()
  const [span] = it.named('left')
  assert.is(span?.attributes['error.type'], 'cancelled')
  assert.is(span?.status.code, SpanStatusCode.UNSET)
})

test('ends once, also when its last value ends it', () => {
  const warnings: string[] = []
  const ignore = (): void => {}
  const quiet = { error: ignore, info: ignore, debug: ignore, verbose: ignore }
  diag.setLogger({ ...quiet, warn: (warning) => warnings.push(warning) })
  of(1, 2).pipe(traced('first'), take(1)).subscribe()
  assert.is(it.named('first').length, 1)
  EMPTY.pipe(traced('none')).subscribe().unsubscribe()
  assert.is(it.named('none')[0]?.attributes['error.type'], undefined)
  diag.disable()
  assert.equal(warnings, [])
})

test('is active in the source, across its timers, and not behind it', async () => {
  const seen: Record<string, string | undefined> = {}
  const source = timer(1).pipe(
    switchMap(() => {
      seen['inside'] = activeId()
      return of(1)
    }),
  )
  await new Promise<void>((resolve) => {
    trace.getTracer('app').startActiveSpan('outside', (span) => {
      seen['outside'] = activeId()
      source.pipe(traced('step')).subscribe({
        next: () => {
          seen['next'] = activeId()
        },
        complete: () => {
          seen['complete'] = activeId()
          span.end()
          resolve()
        },
      })
      seen['after'] = activeId()
    })
  })
  const outside = idOf(it.named('outside')[0])
  assert.is(seen['inside'], idOf(it.named('step')[0]))
  for (const where of ['outside', 'next', 'complete', 'after'])
    assert.is(seen[where], outside, where)
  assert.is(parentIdOf(it.named('step')[0] as never), outside)
})

test('the teardown of the source runs inside of it', () => {
  let teardown: string | undefined
  const source = new Observable(() => () => {
    teardown = activeId()
  })
  source.pipe(traced('left')).subscribe().unsubscribe()
  assert.is(teardown, idOf(it.named('left')[0]))
})

test('without an SDK it changes nothing', () => {
  it.end()
  const values: number[] = []
  of(1, 2)
    .pipe(traced('step'))
    .subscribe((value) => values.push(value))
  assert.equal(values, [1, 2])
})

test.run()
