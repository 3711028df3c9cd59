/** Calls and replies in a word, for marble tests. */
import { type MonoTypeOperatorFunction, map, type OperatorFunction, tap } from 'rxjs'
import type { Call } from '../../pipelines/index.js'
import type { TestReply, VirtualClock } from '../../src/testing/index.js'

/** Calls and replies as their ids, which are the letters of the diagram they came from. */
export const ids = <T extends { readonly id: unknown }>(): OperatorFunction<T, unknown> =>
  map(({ id }) => id)

/** `a: 3` or `a: Overloaded`. */
export const brief = (): OperatorFunction<TestReply, string> =>
  map(
    (reply) => `${reply.id}: ${'error' in reply ? reply.error.kind : JSON.stringify(reply.result)}`,
  )

/** Stands for handlers: answers each call with its id, so many milliseconds after it came; 0 is at once. */
export const answeredAfter = (
  clock: VirtualClock,
  ms: number | Readonly<Record<string, number>>,
): MonoTypeOperatorFunction<Call> =>
  tap((call) => {
    const delayMs = typeof ms === 'number' ? ms : (ms[String(call.id)] ?? 0)
    if (delayMs === 0) call.reply(call.id)
    else clock.setTimer(() => call.reply(call.id), delayMs)
  })
