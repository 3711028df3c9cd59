/** The end of a call's way in: its handler, whatever that returns. */
import { type Either, left, right } from 'fp-ts/lib/Either.js'
import { type MonoTypeOperatorFunction, Observable } from 'rxjs'
import { methodNotFound, type RpcError } from '../src/protocol/rpc-error.js'
import { Attempt } from './attempt.js'
import type { Call } from './call.js'
import { declaredError, thrownError } from './declared-error.js'
import { followStream, streamOf } from './handler-stream.js'
import type { MethodSpec } from './method-spec.js'
import { stage } from './stage.js'

/**
 * Runs the method's handler and settles the call with what it returns: a value, a Promise, an Observable whose last value is
 * the result, an async generator, an Either, or a function that is called as a Task. What it throws is an InternalError.
 * Nothing is forwarded.
 */
export const dispatch = (): MonoTypeOperatorFunction<Call> =>
  stage('dispatch', (call) => {
    const { spec } = call
    if (spec === undefined) return call.settle(left(methodNotFound(call.method)))
    if (call.isStarted) return false // a stage forwarded it twice
    call.isStarted = true
    const { runtime } = call
    if (runtime.isTimed) call.startedAt = runtime.clock.now()
    if (call.span === undefined) handle(call, spec)
    else call.within(() => handle(call, spec)) // it may have waited, and something else is active now
    return false
  })

const handle = (call: Call, spec: MethodSpec): void => {
  if (spec.stream !== undefined) spec.stream(call)
  else if (call.operators !== undefined) runWrapped(call, spec, call.operators)
  else run(call, spec)
}

const run = (call: Call, spec: MethodSpec): void => {
  let returned: unknown
  try {
    returned = spec.handler(call.params, call)
  } catch (thrown) {
    call.finish(left(thrownError(thrown, call)))
    return
  }
  take(call, spec, returned)
}

const take = (call: Call, spec: MethodSpec, returned: unknown): void => {
  if (typeof returned === 'function') {
    // A TaskEither is a function of nothing; it may throw like the handler itself.
    take(call, spec, Promise.resolve().then(returned as () => unknown))
  } else if (typeof returned !== 'object' || returned === null) {
    call.finish(right(returned))
  } else if (typeof (returned as PromiseLike<unknown>).then === 'function') {
    ;(returned as PromiseLike<unknown>).then(
      (value) =>
        typeof value === 'function' ? take(call, spec, value) : settleWith(call, spec, value),
      (thrown) => call.finish(left(thrownError(thrown, call))),
    )
  } else {
    const stream = streamOf(returned)
    if (stream === undefined) settleWith(call, spec, returned)
    else followStream(call, stream, (last) => settleWith(call, spec, last))
  }
}

const settleWith = (call: Call, spec: MethodSpec, value: unknown): void => {
  let result: Either<RpcError, unknown>
  try {
    result = unwrapped(spec, value)
  } catch (thrown) {
    result = left(thrownError(thrown, call)) // a getter of what was returned
  }
  call.finish(result)
}

/** An Either is unwrapped, unless the method's codec wants it as it is. */
const unwrapped = (spec: MethodSpec, value: unknown): Either<RpcError, unknown> => {
  if (!isEither(value) || spec.isResult(value)) return right(value)
  return value._tag === 'Right' ? right(value.right) : left(declaredError(value.left, spec))
}

const isEither = (value: unknown): value is Either<unknown, unknown> => {
  if (typeof value !== 'object' || value === null) return false
  const { _tag } = value as { _tag?: unknown }
  return (_tag === 'Right' && 'right' in value) || (_tag === 'Left' && 'left' in value)
}

/**
 * The handler as a cold stream, so that operators can run it, stop it, and run it again. A failure that it declares is an
 * error of the stream, as one that it throws: `retry` and `catchError` see both.
 */
const runWrapped = (
  call: Call,
  spec: MethodSpec,
  operators: readonly MonoTypeOperatorFunction<unknown>[],
): void => {
  const handled = new Observable<unknown>((subscriber) => {
    const attempt = new Attempt(call)
    subscriber.add(() => attempt.end())
    const finish = (value: unknown): void => {
      let result: Either<unknown, unknown>
      try {
        result = unwrapped(spec, value)
      } catch (thrown) {
        result = left(thrown)
      }
      if (result._tag === 'Left') return subscriber.error(result.left)
      subscriber.next(result.right)
      subscriber.complete()
    }
    const follow = (returned: unknown): void => {
      const stream = streamOf(returned)
      if (typeof returned === 'function') follow(Promise.resolve().then(returned as () => unknown))
      else if (stream !== undefined) subscriber.add(stream.subscribe(subscriber))
      else if (isThenable(returned)) {
        returned.then(
          (value) => (typeof value === 'function' ? follow(value) : finish(value)),
          (thrown) => subscriber.error(thrown),
        )
      } else finish(returned)
    }
    follow(spec.handler(call.params, attempt))
  })
  const wrapped = operators.reduce((stream, operator) => stream.pipe(operator), handled)
  followStream(call, wrapped, (last) => settleWith(call, spec, last))
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
