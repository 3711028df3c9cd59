/** A supervised engine as its users see it: one that is always there, whatever its processes do. */
import { distinctUntilChanged, map, type Observable } from 'rxjs'
import { type RpcError, rpcError } from '../protocol/rpc-error.js'
import type { CallOptions, Dispatcher } from './dispatcher.js'
import type { MemberStatus } from './status.js'
import { type Update, updatesOf } from './updates.js'

export class ManagedEngine {
  readonly name: string
  /** Its processes. */
  readonly state$: Observable<readonly MemberStatus[]>
  private readonly dispatcher: Dispatcher

  constructor(name: string, state$: Observable<readonly MemberStatus[]>, dispatcher: Dispatcher) {
    this.name = name
    this.state$ = state$.pipe(
      map((all) => all.filter(({ engine }) => engine === name)),
      distinctUntilChanged((a, b) => JSON.stringify(a) === JSON.stringify(b)),
    )
    this.dispatcher = dispatcher
  }

  /**
   * Calls a method of one of its processes; while none runs, the call waits. Rejects with an RpcError. EngineGone means
   * that the process went away under the call: methods that are idempotent have been tried again before.
   *
   * @param params - an object or an array
   */
  request(method: string, params?: unknown, options: CallOptions = {}): Promise<unknown> {
    return this.dispatcher.request(method, params, options)
  }

  /** A call as a stream; see `Client.updates`. */
  updates(
    method: string,
    params?: unknown,
    options: Omit<CallOptions, 'onProgress'> = {},
  ): Observable<Update> {
    return updatesOf((own) => this.request(method, params, { ...options, ...own }), options)
  }

  /** Tells all of its processes. @throws RpcError when none runs */
  notify(method: string, params?: unknown): void {
    const epochs = this.dispatcher.usable
    if (epochs.length === 0) throw noneRuns(this.name)
    for (const { client } of epochs) client?.notify(method, params)
  }
}

const noneRuns = (name: string): RpcError =>
  rpcError('NotReady', `No process of the engine ${name} runs now`)
