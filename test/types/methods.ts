/** Types of methods as users write them. Checked by `tsc --noEmit`: each `@ts-expect-error` must be an error. */
import * as TE from 'fp-ts/lib/TaskEither.js'
import { bufferTime, concat, map, of, tap, timer } from 'rxjs'
import { type Call, left, method, right, rpcError, t } from '../../src/index.js'

const params = t.strict({ a: t.number, b: t.number })
const Segment = t.type({ text: t.string })

// Params and result come from the codecs.
export const add = method({ params, result: t.number, handler: ({ a, b }) => a + b })
method({
  params,
  // @ts-expect-error: there is no c
  handler: ({ c }) => c,
})
method({
  params,
  result: t.number,
  // @ts-expect-error: a text is no number
  handler: ({ a }) => `${a}`,
})
method({
  result: t.number,
  // @ts-expect-error: neither is a promise of one
  handler: async () => 'text',
})
method({
  result: t.number,
  // @ts-expect-error: nor an Either of one
  handler: () => right('text'),
})
method({
  result: t.number,
  // @ts-expect-error: a handler that may return nothing
  handler: (): number | undefined => undefined,
})

method({
  result: t.number,
  // @ts-expect-error: nor an Observable of one
  handler: () => of('text'),
})
method({
  result: t.number,
  // @ts-expect-error: progress of another shape needs a codec
  handler: () => concat(of('half'), of(1)),
})

method({
  result: t.number,
  // @ts-expect-error: nor an async generator of one
  handler: async function* () {
    yield 'text'
  },
})

// Every way to return.
method({ result: t.number, handler: () => 1 })
method({ result: t.number, handler: async () => 1 })
method({ result: t.number, handler: () => of(1) })
method({
  result: t.number,
  progress: t.string,
  handler: async function* () {
    yield 'half'
    return 1
  },
})
method({ result: t.number, handler: () => (Math.random() < 0.5 ? left('unlucky') : right(1)) })
method({ result: t.number, handler: async () => left(rpcError('EngineError', 'no')) })
method({ result: t.number, handler: async () => left({ kind: 'Busy', retryAfterMs: 5 }) })
method({ result: t.number, handler: () => left(new Error('no')) })
method({ result: t.number, handler: () => TE.right(1) })
method({ result: t.number, handler: () => TE.left('no') })
method({ result: t.number, handler: () => TE.fromEither(right(1)) })
method({
  result: t.number,
  // @ts-expect-error: a failure is an error, a text, or an object with a kind or a message
  handler: () => left(42),
})

// A method without codecs takes and returns anything.
method({ handler: (given) => given })
method({
  // @ts-expect-error: what it is given is unknown
  handler: (given) => given.text,
})

// Progress has a type of its own.
method({
  progress: t.number,
  handler: (_, { progress }) => {
    progress(0.5)
    // @ts-expect-error: progress is a number here
    progress('half')
  },
})
method({ progress: t.string, result: t.number, handler: () => concat(of('half'), of(1)) })
method({
  progress: t.string,
  result: t.number,
  // @ts-expect-error: neither progress nor result
  handler: () => concat(of('half'), of(true)),
})
method({ partial: Segment, result: t.number, handler: () => concat(of({ text: 'a' }), of(1)) })

// The context.
method({
  handler: async (_, { id, signal, deadline, timeLeftMs, log, meta, request, config }) => {
    signal.throwIfAborted()
    log.info({ id, deadline, timeLeftMs, trace: meta.traceparent }, 'asking')
    const answer = await request('host.read', { path: '/a' }, { deadlineMs: 100 })
    // @ts-expect-error: what the host answers is unknown
    return answer.text ?? config.text
  },
})

// Streams take calls whose params and replies have types.
method({
  params,
  result: t.number,
  stream: (calls$) =>
    calls$.pipe(
      bufferTime(20),
      tap((calls) => {
        for (const call of calls) call.reply(call.params.a + call.params.b)
      }),
    ),
})
method({
  params,
  result: t.number,
  stream: (calls$) =>
    calls$.pipe(
      tap((call) => {
        // @ts-expect-error: a reply is a number here
        call.reply('text')
        // @ts-expect-error: there is no c
        call.fail(`no ${call.params.c}`)
      }),
    ),
})
// @ts-expect-error: a stream gives a stream back
method({ stream: (calls$) => calls$.subscribe() })
// @ts-expect-error: either a handler or a stream
method({ handler: () => 1, stream: () => timer(1) })

// Settings.
method({ handler: () => 1, deadline: '30s', limit: { concurrency: 2, queue: 0 }, idempotent: true })
// @ts-expect-error: not a duration
method({ handler: () => 1, deadline: '30 seconds' })
// @ts-expect-error: concurrency is a number
method({ handler: () => 1, limit: { concurrency: 'two' } })
// @ts-expect-error: there is no such setting
method({ handler: () => 1, timeout: 5 })
method({ handler: () => 1, errors: { Busy: { code: -32050, message: 'busy', retryable: true } } })
// @ts-expect-error: an error has a message
method({ handler: () => 1, errors: { Busy: { code: -32050 } } })

// Calls of any method are calls.
const idOf = map((call: Call) => call.id)
export const stream = method({ params, stream: (calls$) => calls$.pipe(idOf) })
