/** One engine, as a host talks to it. */
import { type Observable, Subject } from 'rxjs'
import type { RequestOptions } from '../../pipelines/call-runtime.js'
import { Peer } from '../engine/peer.js'
import type { Child, ChildEnd } from '../ports/child.js'
import type { Clock } from '../ports/clock.js'
import { isLonger, notificationText } from '../protocol/encode.js'
import { type Framing, frame } from '../protocol/frame.js'
import { frameDecoder } from '../protocol/framing.js'
import { defaultLimits, type Limits } from '../protocol/limits.js'
import { messageTooLarge, shuttingDown } from '../protocol/rpc-error.js'
import { engineGone, engineLost } from './engine-gone.js'
import { LastLines } from './last-lines.js'
import { lines } from './lines.js'
import { type Notification, Reader } from './reader.js'
import { askMs, stop } from './stop.js'

export interface ClientOptions {
  /** Default: one message a line. */
  readonly framing?: Framing | undefined
  /** The engine's own, where they are not the default ones. */
  readonly limits?: Partial<Pick<Limits, 'messageBytes' | 'replyBytes'>>
}

/** An engine that closed a pipe is mostly about to end, and its end says more; so long it is waited for, in milliseconds. */
const lostMs = 1000
const defaultGraceMs = 5000

export class Client {
  /** Undefined when the engine could not be started. */
  readonly pid: number | undefined
  readonly notifications$: Observable<Notification>
  /** Lines that the engine printed: on stderr, or on stdout where only messages belong. */
  readonly stderr$: Observable<string>
  /** Resolves when the engine is gone and every request has been settled. Never rejects. */
  readonly ended: Promise<ChildEnd>
  private readonly child: Child
  private readonly clock: Clock
  private readonly framing: Framing
  private readonly limits: Limits
  private readonly peer: Peer
  private readonly notifications = new Subject<Notification>()
  private readonly printed = new Subject<string>()
  private readonly lastLines = new LastLines()
  private stopping: Promise<ChildEnd> | undefined
  private hasEnded = false

  constructor(child: Child, clock: Clock, { framing = 'ndjson', limits }: ClientOptions) {
    this.pid = child.pid
    this.notifications$ = this.notifications.asObservable()
    this.stderr$ = this.printed.asObservable()
    this.child = child
    this.clock = clock
    this.framing = framing
    this.limits = { ...defaultLimits, ...limits }
    this.peer = new Peer(clock, (text) => this.write(text))
    const reader = new Reader({
      decoder: frameDecoder(framing, this.limits.replyBytes),
      peer: this.peer,
      notified: (notification) => this.notifications.next(notification),
      stray: (line) => this.print(line),
      write: (text) => this.send(text),
    })
    this.ended = child.ended.then((end) => this.end(end))
    child.stderr$.pipe(lines()).subscribe((line) => this.print(line))
    child.transport.broken$.subscribe(() => this.lose('has closed its input'))
    child.transport.input$.subscribe({
      next: (chunk) => {
        const problem = reader.push(chunk)
        if (problem !== undefined) this.lose(`sends what cannot be read. ${problem}`)
      },
      complete: () => {
        reader.end()
        this.lose('has closed its output')
      },
      error: ({ message }: Error) => this.lose(`has an output that cannot be read: ${message}`),
    })
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
    { onProgress, ...options }: RequestOptions = {},
  ): Promise<unknown> {
    if (this.stopping !== undefined) return Promise.reject(shuttingDown())
    if (onProgress === undefined) return this.peer.request(method, params, options)
    // What a subscriber throws does no harm here.
    const progress$ = new Subject<unknown>()
    progress$.subscribe(onProgress)
    return this.peer.request(method, params, {
      ...options,
      onProgress: (value) => progress$.next(value),
    })
  }

  /** @throws RpcError when it is larger than the engine takes */
  notify(method: string, params?: unknown): void {
    this.write(notificationText(method, params))
  }

  /**
   * Ends the engine: asks it to shut down, ends its input, sends SIGTERM and then SIGKILL, each only when the step
   * before did not help in time.
   *
   * @param graceMs - how long open calls may take. Default 5 s.
   */
  close(graceMs = defaultGraceMs): Promise<ChildEnd> {
    this.stopping ??= stop(this.child, this.clock, () => this.ask(graceMs), graceMs)
    return this.stopping.then(() => this.ended)
  }

  /** Ends the engine and all it has started, at once. */
  kill(): Promise<ChildEnd> {
    this.stopping ??= this.ended
    this.child.kill('SIGKILL')
    return this.ended
  }

  private ask(graceMs: number): Promise<boolean> {
    const answer = this.peer.request('engine.shutdown', { graceMs }, { deadlineMs: askMs })
    return answer.then(
      () => true,
      () => false,
    )
  }

  private write(text: string): void {
    const { messageBytes } = this.limits
    if (isLonger(text, messageBytes)) throw messageTooLarge(messageBytes, Buffer.byteLength(text))
    this.send(text)
  }

  private send(text: string): void {
    this.child.transport.write(frame(text, this.framing))
  }

  private print(line: string): void {
    this.lastLines.add(line)
    this.printed.next(line)
  }

  private lose(reason: string): void {
    this.clock.setTimer(() => {
      if (!this.hasEnded) this.peer.close(engineLost(reason, this.lastLines.all))
    }, lostMs)
  }

  private end(end: ChildEnd): ChildEnd {
    this.hasEnded = true
    this.peer.close(engineGone(end, this.lastLines.all))
    this.notifications.complete()
    this.printed.complete()
    return end
  }
}
