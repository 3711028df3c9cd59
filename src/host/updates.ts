/** A request as a stream. */
import { Observable } from 'rxjs'
import type { RequestOptions } from '../../pipelines/call-runtime.js'
import { onAbort } from '../ports/abort.js'

/** What comes of a request: how far it is, parts of its result, and last the result itself. */
export type Update<R = unknown, P = unknown> =
  | { readonly kind: 'progress'; readonly value: P }
  | { readonly kind: 'partial'; readonly value: P }
  | { readonly kind: 'result'; readonly value: R }

export type UpdateOptions = Omit<RequestOptions, 'onProgress'>

/** Each subscription sends a request of its own; unsubscribing cancels it. */
export const updatesOf = (
  send: (options: RequestOptions) => Promise<unknown>,
  { signal, ...options }: UpdateOptions,
): Observable<Update> =>
  new Observable((subscriber) => {
    const controller = new AbortController()
    const stop = (): void => controller.abort()
    if (signal?.aborted === true) stop()
    subscriber.add(onAbort(signal, stop))
    const result = send({
      ...options,
      signal: controller.signal,
      onProgress: (value, isPartial) =>
        subscriber.next({ kind: isPartial ? 'partial' : 'progress', value }),
    })
    result.then(
      (value) => {
        subscriber.next({ kind: 'result', value })
        subscriber.complete()
      },
      (error) => subscriber.error(error),
    )
    return stop
  })
