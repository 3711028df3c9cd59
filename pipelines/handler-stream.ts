/** A handler that answers by a stream. */
import { left } from 'fp-ts/lib/Either.js'
import { Observable, type Subscription } from 'rxjs'
import { internalError } from '../src/protocol/rpc-error.js'
import type { Call } from './call.js'
import { thrownError } from './declared-error.js'

/** An Observable of any copy of RxJS. */
export const isSubscribable = (value: unknown): value is Observable<unknown> =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as Observable<unknown>).subscribe === 'function'

/** What an async generator returns. */
const isAsyncIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value

/** What a handler returned, where that is a stream. */
export const streamOf = (returned: unknown): Observable<unknown> | undefined => {
  if (isSubscribable(returned)) return returned
  return isAsyncIterable(returned) ? iterated(returned) : undefined
}

/** Unlike RxJS's `from`, what a generator returns comes last, and it is told when nobody wants more. */
const iterated = (iterable: AsyncIterable<unknown>): Observable<unknown> =>
  new Observable((subscriber) => {
    const iterator = iterable[Symbol.asyncIterator]()
    const read = async (): Promise<void> => {
      while (!subscriber.closed) {
        const { done, value } = await iterator.next()
        if (done !== true || value !== undefined) subscriber.next(value)
        if (done === true) subscriber.complete()
      }
    }
    read().catch((thrown) => subscriber.error(thrown))
    return () => void iterator.return?.()?.catch(() => {})
  })

/**
 * Sends each value as progress, and the last one as the result. Which one is last shows only later, so a value is
 * kept until the next, or until the current task is done: what completes with its last value sends that once.
 * Settling the call, however, unsubscribes.
 */
export const followStream = (
  call: Call,
  stream: Observable<unknown>,
  settleWith: (last: unknown) => void,
): void => {
  let kept: { readonly value: unknown } | undefined
  let last: { readonly value: unknown } | undefined
  const send = (): void => {
    if (kept === undefined) return
    const { value } = kept
    kept = undefined
    call.progress(value)
  }
  let subscription: Subscription | undefined
  try {
    subscription = stream.subscribe({
      next: (value) => {
        send()
        last = { value }
        const mine = last
        kept = mine
        queueMicrotask(() => {
          if (kept === mine) send()
        })
      },
      error: (thrown: unknown) => {
        send()
        call.finish(left(thrownError(thrown, call)))
      },
      complete: () => {
        kept = undefined
        if (last === undefined) call.finish(left(internalError(noResult())))
        else settleWith(last.value)
      },
    })
  } catch (thrown) {
    call.finish(left(thrownError(thrown, call))) // not every Observable catches what its subscribe throws
  }
  if (subscription !== undefined) call.whenSettled(() => subscription.unsubscribe())
}

const noResult = (): Error =>
  new Error('The stream of the handler completed without a value, so there is no result')
