/** One engine, as a host talks to it. */
import { BehaviorSubject, type Observable, Subject } from 'rxjs'
import type { LifecyclePhase, RequestOptions } from '../../pipelines/call-runtime.js'
import { isAnswer, Peer, type PeerRequest, withHeaders } from '../engine/peer.js'
import type { Child, ChildEnd, KillSignal } from '../ports/child.js'
import type { Clock } from '../ports/clock.js'
import { type Logger, noLogger } from '../ports/logger.js'
import { noTelemetry, type Telemetry } from '../ports/telemetry.js'
import { isLonger, notificationText } from '../protocol/encode.js'
import { type Framing, frame } from '../protocol/frame.js'
import { defaultLimits, type Limits } from '../protocol/limits.js'
import { type CallMessage, isReply, type Message } from '../protocol/message.js'
import { readId } from '../protocol/request-id.js'
import { reservedPrefixOf } from '../protocol/reserved-names.js'
import { isRpcError, messageTooLarge, overloaded, shuttingDown } from '../protocol/rpc-error.js'
import { batchesOf } from './batches.js'
import { type Delivery, engineGone, engineLost, type Gone } from './engine-gone.js'
import { EngineOutput } from './engine-output.js'
import { type Ask, type EngineInfo, handshake } from './handshake.js'
import { type HostMethods, Incoming, type IncomingCall } from './incoming.js'
import { Inlet, type Way } from './inlet.js'
import { askMs, stop } from './stop.js'
import { type Update, type UpdateOptions, updatesOf } from './updates.js'

/** What the engine tells unasked, or because it was subscribed. */
export interface Notification {
  readonly method: string
  readonly params: unknown
}

export interface ClientOptions {
  /** Default: one message a line. */
  readonly framing?: Framing | undefined
  /** The engine's own, where they are not the default ones. */
  readonly limits?: Partial<Pick<Limits, 'messageBytes' | 'replyBytes' | 'bufferBytes'>> | undefined
  /** Answer the engine's own calls, by name. */
  readonly methods?: HostMethods | undefined
  /** Takes what the engine prints on stderr, as records, and what happens to it. Default: nowhere. */
  readonly log?: Logger | undefined
  /** Watches the calls of both directions. Default: nobody does. */
  readonly telemetry?: Telemetry | undefined
  /** false does not ask the engine who it is: for one that ends at a method that it does not know. Default true. */
  readonly handshake?: boolean | undefined
  /** How long the engine may take to answer for the first time, in milliseconds. Default 30,000. */
  readonly startupMs?: number | undefined
}

/** Of the engine, or that there is none any more. */
export type ClientState = LifecyclePhase | 'gone'

/** Why there is no way to talk to an engine that runs. */
export type Lost = 'stdout_eof' | 'stdin_closed' | 'unreadable'

/** One call of a batch. */
export interface BatchedCall {
  readonly method: string
  readonly params?: unknown
}

/** An engine that closed a pipe is mostly about to end, and its end says more; so long it is waited for, in milliseconds. */
const lostMs = 2000
const defaultGraceMs = 5000

export class Client {
  /** Undefined when the engine could not be started. */
  readonly pid: number | undefined
  /** What the engine tells of itself; undefined for one that is none of ours. */
  info: EngineInfo | undefined
  readonly notifications$: Observable<Notification>
  /** The engine's calls that none of `methods` takes. Who subscribes answers them. */
  readonly requests$: Observable<IncomingCall>
  /** Lines that the engine printed: on stderr, or on stdout where only messages belong. */
  readonly stderr$: Observable<string>
  readonly state$: Observable<ClientState>
  /** Resolves when the engine is gone and every request has been settled. Never rejects. */
  readonly ended: Promise<ChildEnd>
  /** Told when the engine has had no pipe to talk by for two seconds, and yet runs; before its calls fail. */
  onLost: ((why: Lost) => void) | undefined
  /** When a message last came, by the clock; undefined before the first. */
  lastHeardAt: number | undefined
  /** Told of each message, in both directions: `>` is to the engine. */
  onMessage: ((direction: '<' | '>', text: string) => void) | undefined
  private readonly child: Child
  private readonly clock: Clock
  private readonly telemetry: Telemetry
  private readonly framing: Framing
  private readonly limits: Limits
  private readonly peer: Peer
  private readonly incoming: Incoming
  private readonly inlet: Inlet
  private readonly notifications = new Subject<Notification>()
  private readonly state = new BehaviorSubject<ClientState>('starting')
  private readonly output: EngineOutput
  /** Texts that leave together, while a batch is put together. */
  private batched: string[] | undefined
  private stopping: Promise<ChildEnd> | undefined
  private wasKilled = false
  private hasEnded = false

  constructor(child: Child, clock: Clock, options: ClientOptions) {
    const { framing = 'ndjson', limits, methods = {}, log = noLogger } = options
    const { telemetry = noTelemetry } = options
    if (framing !== 'ndjson' && framing !== 'content-length')
      throw new TypeError(`framing is 'ndjson' or 'content-length', and not ${framing}`)
    this.pid = child.pid
    this.notifications$ = this.notifications.asObservable()
    this.state$ = this.state.asObservable()
    if (options.handshake === false) this.state.next('ready')
    this.child = child
    this.clock = clock
    this.telemetry = telemetry
    this.framing = framing
    this.limits = { ...defaultLimits, ...limits }
    this.output = new EngineOutput(
      clock,
      child.pid === undefined ? log : log.child({ pid: child.pid }),
    )
    this.stderr$ = this.output.lines$
    this.peer = new Peer(clock, telemetry, (text) => this.write(text))
    this.incoming = new Incoming({
      clock,
      telemetry,
      methods,
      request: (method, params, own) => this.request(method, params, own),
      write: (text) => void this.send(text),
      fullness: () => this.fullness,
    })
    this.requests$ = this.incoming.requests$.asObservable()
    this.inlet = new Inlet({
      framing,
      limitBytes: this.limits.replyBytes,
      accept: (message, text, index) => this.accept(message, text, index),
      stray: (text) => this.output.stray(Buffer.from(`${text}\n`)),
      strayChunk: (chunk) => this.output.stray(chunk),
    })
    this.ended = child.ended.then((end) => this.end(end))
    child.stderr$.subscribe((chunk) => this.output.print(chunk))
    child.transport.broken$.subscribe(() => this.lose('stdin_closed', 'has closed its input'))
    this.read('stdout', child.transport.input$)
    this.read('channel', child.channel$)
  }

  /** Requests that wait for an answer. */
  get inFlight(): number {
    return this.peer.open
  }

  /** Bytes on stdout that were no messages. */
  get strayBytes(): number {
    return this.output.strayBytes
  }

  /** The last of what the engine printed. */
  get lastLines(): readonly string[] {
    return this.output.lastLines
  }

  /** The last of its stderr as it was, up to 64 KiB. */
  get stderrTail(): string {
    return this.output.tail
  }

  /**
   * Waits for the engine's first answer, and learns who it is.
   *
   * @throws RpcError that says why there is none
   */
  async handshake(deadlineMs: number): Promise<void> {
    const dueAt = this.clock.now() + deadlineMs
    const ask = (method: string, params: unknown) =>
      this.peer.request(method, params, { deadlineMs: Math.max(1, dueAt - this.clock.now()) })
    this.info = await handshake(ask, () => this.output.firstStray)
    const state = this.info === undefined ? 'ready' : await this.stateBy(ask)
    if (!this.hasEnded) this.state.next(state)
  }

  /** One that knows nothing of states is ready. */
  private async stateBy(ask: Ask): Promise<ClientState> {
    try {
      await ask('engine.subscribe', { state: true })
      const { state } = (await ask('engine.status', {})) as { state?: unknown }
      return isPhase(state) ? state : 'ready'
    } catch (error) {
      if (isRpcError(error) && isAnswer(error)) return 'ready'
      throw error
    }
  }

  /**
   * Calls a method. Rejects with an RpcError: the engine's, or one that says why there is no answer, such as
   * EngineGone with the exit code or signal and the last lines of stderr.
   *
   * @param params - an object or an array
   */
  request(
    method: string,
    params?: unknown,
    { onProgress, ...options }: Omit<PeerRequest, 'parent'> = {},
  ): Promise<unknown> {
    if (this.stopping !== undefined) return Promise.reject(shuttingDown())
    if (this.fullness > 1 && !isControl(method))
      return Promise.reject(overloaded('the engine does not read'))
    if (method === 'engine.unsubscribe') return this.request('engine.subscribe', {}, options)
    const told = withState(method, params)
    if (onProgress === undefined) return this.peer.request(method, told, options)
    return this.peer.request(method, told, { ...options, onProgress: harmless(onProgress) })
  }

  /** A call as a stream of its progress, its parts, and last its result. Subscribing sends it, unsubscribing cancels it. */
  updates(method: string, params?: unknown, options: UpdateOptions = {}): Observable<Update> {
    return updatesOf((own) => this.request(method, params, own), options)
  }

  /** Calls that leave as one batch, or as several where the engine takes no more at once. @returns a promise for each, in their order */
  batch(calls: readonly BatchedCall[], options: RequestOptions = {}): Promise<unknown>[] {
    const texts: string[] = []
    this.batched = texts
    let results: Promise<unknown>[]
    try {
      results = calls.map(({ method, params }) => this.request(method, params, options))
    } finally {
      this.batched = undefined
    }
    const { batch, messageBytes } = { ...this.limits, ...this.info?.limits }
    for (const some of batchesOf(texts, batch, messageBytes)) this.send(`[${some.join(',')}]`)
    return results
  }

  /** @throws RpcError when it is larger than the engine takes, the engine does not read, or `close` has been called */
  notify(method: string, params?: unknown): void {
    if (this.stopping !== undefined) throw shuttingDown()
    if (this.fullness > 1) throw overloaded('the engine does not read')
    this.write(notificationText(method, withHeaders(params, this.telemetry.scope?.().headers)))
  }

  /**
   * Ends the engine: asks it to shut down, ends its input, sends SIGTERM and then SIGKILL, each only when the step
   * before did not help in time.
   *
   * @param graceMs - how long open calls may take. Default 5 s.
   */
  close(graceMs = defaultGraceMs): Promise<ChildEnd> {
    this.stopping ??= stop(
      this.child,
      this.clock,
      () => this.ask(graceMs),
      () => this.peer.open > 0,
      graceMs,
    )
    return this.stopping.then(() => this.ended)
  }

  /** Ends the engine and all it has started, at once. */
  kill(): Promise<ChildEnd> {
    this.stopping ??= this.ended
    this.signal('SIGKILL')
    return this.ended
  }

  signal(signal: KillSignal): void {
    this.wasKilled ||= signal === 'SIGKILL'
    this.child.kill(signal)
  }

  /** How much of what the engine may not have read it has not read: above 1 is too much. */
  private get fullness(): number {
    return this.child.transport.unwritten / this.limits.bufferBytes
  }

  private ask(graceMs: number): Promise<boolean> {
    const answer = this.peer.request('engine.shutdown', { graceMs }, { deadlineMs: askMs })
    return answer.then(
      () => true,
      () => false,
    )
  }

  private write(text: string): number {
    const { messageBytes } = this.limits
    if (isLonger(text, messageBytes)) throw messageTooLarge(messageBytes, Buffer.byteLength(text))
    if (this.batched === undefined) return this.send(text)
    this.batched.push(text)
    return this.child.transport.taken
  }

  /** @returns where the text begins in all that was written */
  private send(text: string): number {
    const { taken } = this.child.transport
    this.onMessage?.('>', text)
    this.child.transport.write(frame(text, this.framing))
    return taken
  }

  private read(way: Way, chunks$: Observable<Uint8Array>): void {
    chunks$.subscribe({
      next: (chunk) => {
        const problem = this.inlet.push(way, chunk)
        if (problem !== undefined) this.lose('unreadable', `sends what cannot be read. ${problem}`)
      },
      complete: () => {
        if (this.inlet.end(way)) this.lose('stdout_eof', 'has closed its output')
      },
      error: ({ message }: Error) =>
        this.lose('unreadable', `has an output that cannot be read: ${message}`),
    })
  }

  private accept(message: Message, text: string, index: number | undefined): void {
    this.lastHeardAt = this.clock.now()
    this.onMessage?.('<', text)
    if (isReply(message)) return this.peer.settle(message)
    const { id, method, params } = message as CallMessage
    const place = index === undefined ? [] : [index]
    if (id !== undefined) {
      this.incoming.accept(message as CallMessage, readId(id, text, [...place, 'id']) ?? null)
    } else if (method === '$/progress') {
      this.peer.progress(params)
    } else if (method === '$/cancelRequest') {
      const wanted = (params as { id?: unknown } | undefined)?.id
      this.incoming.cancel(readId(wanted, text, [...place, 'params', 'id']))
    } else {
      if (method === 'engine.stateChanged') this.enter(params)
      this.notifications.next({ method, params })
    }
  }

  /** What an engine says that is none of ours, or does not say well, changes nothing. */
  private enter(params: unknown): void {
    const to = (params as { to?: unknown } | undefined)?.to
    if (this.info !== undefined && isPhase(to)) this.state.next(to)
  }

  private lose(why: Lost, reason: string): void {
    this.clock.setTimer(() => {
      if (this.hasEnded) return
      this.onLost?.(why)
      this.peer.close((receipt) => engineLost(reason, this.gone(receipt)))
    }, lostMs)
  }

  private gone(receipt: number): Gone {
    const delivery: Delivery = receipt < this.child.transport.handedOver ? 'possible' : 'never'
    return { delivery, stderr: this.lastLines, restarting: false }
  }

  private end(end: ChildEnd): ChildEnd {
    this.hasEnded = true
    this.output.end()
    this.peer.close((receipt) => engineGone(end, this.gone(receipt), this.wasKilled))
    this.incoming.close()
    this.notifications.complete()
    this.state.next('gone')
    this.state.complete()
    return end
  }
}

const phases: readonly unknown[] = [
  'starting',
  'ready',
  'degraded',
  'draining',
  'stopped',
  'failed',
]
const isPhase = (value: unknown): value is LifecyclePhase => phases.includes(value)

/** Calls that get through when the engine is too slow for others. */
const isControl = (method: string): boolean => reservedPrefixOf(method) !== undefined

type OnProgress = NonNullable<RequestOptions['onProgress']>

/** What a listener throws is nobody else's matter: it is an uncaught error, as with a subscriber of RxJS. */
const harmless =
  (onProgress: OnProgress): OnProgress =>
  (value, isPartial) => {
    try {
      onProgress(value, isPartial)
    } catch (error) {
      queueMicrotask(() => {
        throw error
      })
    }
  }

/** A subscription takes the place of the one before, and the state is the client's own business. */
const withState = (method: string, params: unknown): unknown =>
  method === 'engine.subscribe' ? { ...(params as object), state: true } : params
