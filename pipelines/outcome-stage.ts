/** How stages of the reply pipeline are made. */
import type { Either } from 'fp-ts/lib/Either.js'
import { type MonoTypeOperatorFunction, Observable, Subscriber } from 'rxjs'
import type { RpcError } from '../src/protocol/rpc-error.js'
import type { Call, Outcome } from './call.js'

type Result = Either<RpcError, unknown>

/** RxJS's `map`, without the layers that every reply would pass. */
class ReplySubscriber extends Subscriber<Outcome> {
  private readonly target: Subscriber<Outcome>
  private readonly visit: (result: Result, call: Call) => Result

  constructor(target: Subscriber<Outcome>, visit: (result: Result, call: Call) => Result) {
    super(target)
    this.target = target
    this.visit = visit
  }

  override next(value?: Outcome): void {
    if (this.isStopped) return
    let outcome = value as Outcome
    if (outcome.kind === 'reply') {
      try {
        const { call } = outcome
        const result = this.visit(outcome.result, call)
        if (result !== outcome.result) outcome = { kind: 'reply', call, result }
      } catch (thrown) {
        this.error(thrown)
        return
      }
    }
    this.target.next(outcome)
  }
}

/** Looks at every reply, and may give it another result; progress passes. */
export const replyStage =
  (visit: (result: Result, call: Call) => Result): MonoTypeOperatorFunction<Outcome> =>
  (outcomes$) =>
    new Observable((subscriber) => outcomes$.subscribe(new ReplySubscriber(subscriber, visit)))
