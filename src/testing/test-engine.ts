/** A whole engine on virtual time, with its two pipes in memory. */
import { concatMap, filter, merge, type Observable, Subject, share } from 'rxjs'
import type { Engine } from '../engine/define.js'
import { start } from '../engine/engine.js'
import type { LifecycleEvent } from '../engine/lifecycle.js'
import type { EnginePorts, RunningEngine } from '../engine/running-engine.js'
import { noTelemetry } from '../ports/telemetry.js'
import { noVitals } from '../ports/vitals.js'
import { parseMoments } from './marble-syntax.js'
import { type MemoryPeer, memoryTransport } from './memory-transport.js'
import { type LogRecord, testLog } from './test-log.js'
import type { VirtualClock } from './virtual-clock.js'

/** A message to the engine. `jsonrpc` and the id, which is its letter, are put to it; `id: undefined` makes a notification. */
export interface TestMessage {
  readonly id?: unknown
  readonly method?: string
  readonly params?: unknown
  readonly result?: unknown
  readonly error?: unknown
}

/** What the engine wrote, without `jsonrpc`. */
export type WrittenMessage = Readonly<Record<string, unknown>>

export interface TestEngine extends RunningEngine {
  /** Sends messages in the frames of the diagram, counted from now. A `|` ends the engine's input. */
  send(marbles: string, messages: Readonly<Record<string, TestMessage>>): void
  /** Everything that the engine writes, in the frame it does; the members of a batch one by one. */
  readonly written: Observable<WrittenMessage>
  /** Of these, the replies to what was sent: `{ id, result }` or `{ id, error }`. */
  readonly replies: Observable<WrittenMessage>
  /** Of these, notifications: `{ method, params }`. */
  readonly notifications: Observable<WrittenMessage>
  /** The other end of its pipes: stalls, breaks, bytes. */
  readonly peer: MemoryPeer
  /** Signals, and the end of the parent process. */
  readonly signals$: Subject<LifecycleEvent>
  readonly records: readonly LogRecord[]
}

/**
 * Starts an engine whose input and output a marble test can see:
 *
 * ```ts
 * marbles(({ clock, expectObservable }) => {
 *   const { send, replies } = testEngine(clock, demo)
 *   send('-a-b', { a: { method: 'add', params: { a: 1, b: 2 } }, b: { method: 'nope' } })
 *   expectObservable(replies.pipe(map(({ id }) => id))).toBe('-a-b')
 * })
 * ```
 *
 * @param clock - the one that `marbles` gives
 * @param ports - in the place of those it brings: a log, telemetry, vitals
 */
export const testEngine = (
  clock: VirtualClock,
  definition: Engine,
  ports: Partial<EnginePorts> = {},
): TestEngine => {
  const { transport, peer } = memoryTransport()
  const { log, records } = testLog()
  const signals$ = new Subject<LifecycleEvent>()
  const written = peer.written$.pipe(concatMap(messagesIn), share())
  const running = start(definition, {
    transport,
    clock,
    log,
    telemetry: noTelemetry,
    vitals: noVitals,
    ...ports,
    signals$: merge(signals$, ports.signals$ ?? []),
  })
  return {
    ...running,
    send: (marbles, messages) => {
      const moments = parseMoments(marbles, messages)
      const begin = (): void => {
        for (const { frame, symbol, notification } of moments) {
          clock.setTimer(() => {
            if (notification.kind === 'C') peer.end()
            else if (notification.kind === 'N') peer.send(textOf(symbol, notification.value))
          }, frame)
        }
      }
      clock.setTimer(begin, 0) // so that who subscribes in this frame sees what is answered in it
    },
    written,
    replies: written.pipe(filter((message) => !('method' in message))),
    notifications: written.pipe(filter((message) => 'method' in message && !('id' in message))),
    peer,
    signals$,
    records,
  }
}

const textOf = (id: string, message: unknown): string =>
  `${JSON.stringify({ jsonrpc: '2.0', id, ...(message as TestMessage) })}\n`

/** The one message of a frame in either framing, or the members of a batch. */
const messagesIn = (frame: string): readonly WrittenMessage[] => {
  const body: unknown = JSON.parse(frame.slice(frame.search(/[[{]/)))
  return [body].flat().map((message) => {
    const { jsonrpc, ...rest } = message as WrittenMessage
    return rest
  })
}
