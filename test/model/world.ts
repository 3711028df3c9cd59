/** The system that the model test drives: a whole engine in virtual time, whose handlers, stages and reader obey the test. */
import * as t from 'io-ts'
import { delayWhen, filter, map, NEVER, Observable, Subject, type Subscriber, take } from 'rxjs'
import { admit } from '../../pipelines/admit.js'
import type { Call, Outcome } from '../../pipelines/call.js'
import { dispatch } from '../../pipelines/dispatch.js'
import { deadline, limit, named, perCall } from '../../pipelines/index.js'
import { standardReplies } from '../../pipelines/standard.js'
import { validateParams } from '../../pipelines/validate-params.js'
import { engine, method, notification } from '../../src/engine/define.js'
import { start } from '../../src/engine/engine.js'
import type { RunningEngine } from '../../src/engine/running-engine.js'
import { noLogger } from '../../src/ports/logger.js'
import { noTelemetry } from '../../src/ports/telemetry.js'
import { noVitals } from '../../src/ports/vitals.js'
import { memoryTransport } from '../../src/testing/memory-transport.js'
import { virtualClock } from '../../src/testing/virtual-clock.js'

/** What a stage of the user's own does to a call, or to its reply. */
export const fates = [
  'pass',
  'throw',
  'drop',
  'hold',
  'reply throws',
  'reply dropped',
  'reply held',
] as const
export type Fate = (typeof fates)[number]

export const methods = [
  'now',
  'promise',
  'stream',
  'throws',
  'limited',
  'retried',
  'batched',
  'unknown',
] as const

/** Running handlers that wait for the test to end them. */
interface Work {
  succeed(): void
  fail(): void
  throw(): void
}

const Params = t.type({ fate: t.string })
const fateOf = (call: Call): unknown => (call.params as { fate?: unknown } | undefined)?.fate

export class World {
  readonly clock = virtualClock()
  readonly work: Work[] = []
  /** Requests sent by id, and answers seen. */
  readonly sent = new Map<string, number>()
  readonly answered = new Map<string, number>()
  readonly problems: string[] = []
  /** Handlers of the limited method that run now, and the most at once. */
  running = 0
  /** Each reload begins anew to count what runs; what ran before goes on. */
  private epochs = 1
  hasEnded = false
  isStalled = false
  private readonly release$ = new Subject<void>()
  private readonly memory = memoryTransport()
  private readonly running$: RunningEngine
  ending: { readonly exitCode: number } | undefined

  constructor() {
    const promised = () =>
      new Promise((resolve, reject) => {
        this.work.push({
          succeed: () => resolve(1),
          fail: () => resolve({ _tag: 'Left', left: 'declared' }),
          throw: () => reject(new Error('thrown')),
        })
      })
    const streamed = () =>
      new Observable<number>((subscriber: Subscriber<number>) => {
        subscriber.next(0)
        this.work.push({
          succeed: () => {
            subscriber.next(1)
            subscriber.complete()
          },
          fail: () => subscriber.complete(),
          throw: () => subscriber.error(new Error('thrown')),
        })
      })
    const counted = () => {
      this.running += 1
      if (this.running > 2 * this.epochs)
        this.problems.push(`${this.running} limited handlers run at once`)
      return new Observable<number>((subscriber) => {
        const inner = streamed().subscribe(subscriber)
        return () => {
          this.running -= 1
          inner.unsubscribe()
        }
      })
    }
    const definition = engine({
      name: 'model',
      version: '1.0.0',
      drain: 200,
      methods: {
        now: method({ params: Params, handler: () => 1 }),
        promise: method({
          params: Params,
          result: t.number,
          handler: promised as () => Promise<number>,
        }),
        stream: method({ params: Params, handler: streamed }),
        throws: method({
          params: Params,
          handler: () => {
            throw new Error('at once')
          },
        }),
        limited: method({ params: Params, limit: { concurrency: 2, queue: 2 }, handler: counted }),
        retried: method({ params: Params, handler: promised }),
        batched: method({
          params: Params,
          stream: (calls$) =>
            calls$.pipe(
              map((call) =>
                this.work.push({
                  succeed: () => call.reply(1),
                  fail: () => call.fail('no'),
                  throw: () => call.fail(new Error('no')),
                }),
              ),
            ),
        }),
      },
      notifications: { note: notification({ handler: promised }) },
      calls: (calls$) =>
        calls$.pipe(
          deadline(500),
          admit(),
          named('fickle', (source) =>
            source.pipe(
              map((call) => {
                if (fateOf(call) === 'throw') throw new Error('a stage threw')
                return call
              }),
              filter((call) => fateOf(call) !== 'drop'),
            ),
          ),
          delayWhen((call) => (fateOf(call) === 'hold' ? this.release$.pipe(take(1)) : [0])),
          validateParams(),
          limit({ concurrency: 100 }),
          perCall(take(5)),
          dispatch(),
        ),
      replies: (outcomes$, settings) =>
        outcomes$.pipe(
          map((outcome: Outcome) => {
            if (fateOf(outcome.call) === 'reply throws') throw new Error('a reply stage threw')
            return outcome
          }),
          filter(({ call, kind }) => kind !== 'reply' || fateOf(call) !== 'reply dropped'),
          delayWhen(({ call }) =>
            fateOf(call) === 'reply held' ? this.release$.pipe(take(1)) : [0],
          ),
          standardReplies(settings),
        ),
    })
    this.memory.peer.written$.subscribe((text) => this.read(text))
    this.running$ = start(definition, {
      transport: this.memory.transport,
      clock: this.clock,
      log: noLogger,
      telemetry: noTelemetry,
      vitals: noVitals,
      signals$: NEVER,
    })
    void this.running$.done.then((ending) => {
      this.ending = ending
    })
  }

  /** Nobody is there any more: what is sent from now on has no answer. */
  get isGone(): boolean {
    return this.memory.peer.hasEnded
  }

  request(id: string, method: string, fate: Fate): object {
    this.sent.set(id, (this.sent.get(id) ?? 0) + 1)
    return { jsonrpc: '2.0', id, method, params: { fate } }
  }

  send(message: unknown): void {
    if (this.hasEnded) throw new Error('The input has ended')
    this.memory.peer.send(`${JSON.stringify(message)}\n`)
  }

  end(): void {
    this.hasEnded = true
    this.memory.peer.end()
  }

  release(): void {
    this.release$.next()
  }

  stall(): void {
    this.isStalled = true
    this.memory.peer.stall()
  }

  readOn(): void {
    this.isStalled = false
    this.memory.peer.read()
  }

  reload(): void {
    this.epochs += 1
    this.running$.reload()
  }

  open(id: string): number {
    return (this.sent.get(id) ?? 0) - (this.answered.get(id) ?? 0)
  }

  private read(text: string): void {
    if (this.ending !== undefined) this.problems.push(`output after the end: ${text}`)
    const message = JSON.parse(text) as { id?: string; method?: string } | { id?: string }[]
    for (const reply of Array.isArray(message) ? message : [message]) {
      if ('method' in reply) continue
      const id = String(reply.id)
      this.answered.set(id, (this.answered.get(id) ?? 0) + 1)
      if (this.open(id) < 0) this.problems.push(`${id} is answered once too often: ${text}`)
    }
  }
}
