/** A supervised engine as its users see it: one that is always there, whatever its processes do. */
import { distinctUntilChanged, map, type Observable, Subject } from 'rxjs'
import { methodNotFound, type RpcError, rpcError } from '../protocol/rpc-error.js'
import type { Client } from './client.js'
import type { CallOptions, Dispatcher } from './dispatcher.js'
import type { IncomingCall } from './incoming.js'
import type { MemberStatus } from './status.js'
import { type Update, updatesOf } from './updates.js'

/** Which process it was. */
interface Told {
  readonly key: string
}

export class ManagedEngine {
  readonly name: string
  /** Its processes. */
  readonly state$: Observable<readonly MemberStatus[]>
  /** What its processes send unasked, or because of `subscribe`. */
  readonly notifications$: Observable<Told & { readonly method: string; readonly params: unknown }>
  /** Calls of its processes that none of `methods` takes. Who subscribes answers them. */
  readonly requests$: Observable<Told & { readonly call: IncomingCall }>
  /** Lines that its processes print. */
  readonly stderr$: Observable<Told & { readonly line: string }>
  private readonly notifications = new Subject<Told & { method: string; params: unknown }>()
  private readonly requests = new Subject<Told & { call: IncomingCall }>()
  private readonly printed = new Subject<Told & { line: string }>()
  private readonly dispatcher: Dispatcher

  constructor(name: string, state$: Observable<readonly MemberStatus[]>, dispatcher: Dispatcher) {
    this.name = name
    this.state$ = state$.pipe(
      map((all) => all.filter(({ engine }) => engine === name)),
      distinctUntilChanged((a, b) => JSON.stringify(a) === JSON.stringify(b)),
    )
    this.dispatcher = dispatcher
    this.notifications$ = this.notifications.asObservable()
    this.requests$ = this.requests.asObservable()
    this.stderr$ = this.printed.asObservable()
  }

  /** Listens to a process that has been started. */
  hear(key: string, client: Client): void {
    client.notifications$.subscribe((notification) =>
      this.notifications.next({ key, ...notification }),
    )
    client.stderr$.subscribe((line) => this.printed.next({ key, line }))
    client.requests$.subscribe((call) => {
      if (this.requests.observed) this.requests.next({ key, call })
      else call.fail(methodNotFound(call.method))
    })
  }

  /** No process comes any more. */
  end(): void {
    for (const told of [this.notifications, this.requests, this.printed]) told.complete()
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
