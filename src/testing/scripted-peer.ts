/** The other end of an engine's pipes, for tests: says what the test tells it to, and keeps what the engine says. */
import { filter, firstValueFrom, NEVER, Subject } from 'rxjs'
import type { Engine } from '../engine/define.js'
import { start } from '../engine/engine.js'
import type { EnginePorts, RunningEngine } from '../engine/running-engine.js'
import { realClock } from '../ports/clock.js'
import { noLogger } from '../ports/logger.js'
import { noTelemetry } from '../ports/telemetry.js'
import { noVitals } from '../ports/vitals.js'
import { frame } from '../protocol/frame.js'
import { frameDecoder } from '../protocol/framing.js'
import { type MemoryPeer, memoryTransport } from './memory-transport.js'

/** A message that the engine wrote: a reply, a notification, or a request of its own. */
export interface PeerMessage {
  readonly jsonrpc: '2.0'
  readonly id?: unknown
  readonly method?: string
  readonly params?: unknown
  readonly result?: unknown
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown }
}

/** An error reply, as `call` rejects with it. */
export interface PeerError extends Error {
  readonly code: number
  readonly data: unknown
}

/** `framing` is how the peer writes its messages, NDJSON unless given; the engine finds out by itself. */
export type ScriptedPeerOptions = Partial<Omit<EnginePorts, 'transport'>>

export interface ScriptedPeer {
  readonly engine: RunningEngine
  /** Sends text or bytes as they are. */
  send(raw: string | Uint8Array): void
  /** Sends a value as one message, in the peer's framing. */
  say(message: unknown): void
  /** Calls a method, with an id of its own: 1001, 1002 and so on. Rejects with a {@link PeerError}. */
  call(method: string, params?: unknown): Promise<unknown>
  notify(method: string, params?: unknown): void
  /** Answers the engine's requests of this method with what the handler returns, or with an error of what it throws. */
  handle(method: string, handler: (params: unknown) => unknown): void
  /** The reply to an id that the engine sends, or has sent already. */
  reply(id: unknown): Promise<PeerMessage>
  /** The first message, from now on, for which this is true. */
  next(isIt: (message: PeerMessage) => boolean): Promise<PeerMessage>
  /** JSON texts as the engine wrote them, one a frame. */
  readonly texts: readonly string[]
  /** Messages of the engine, the members of batches one by one. */
  readonly messages: readonly PeerMessage[]
  /** Of these, the replies. */
  readonly replies: readonly PeerMessage[]
  /** The pipe itself: stalls, breaks, framed bytes. */
  readonly pipe: MemoryPeer
  /** Ends the engine's input. Resolves with its exit code, once it has stopped. */
  end(): Promise<number>
}

/** Frames of tests may be as large as a reply may be. */
const largestFrame = 2 ** 30

/**
 * Starts an engine and talks to it, without a process:
 *
 * ```ts
 * const peer = scriptedPeer(engine({ name: 'demo', version: '1.0.0', methods: { add } }))
 * assert.is(await peer.call('add', { a: 1, b: 2 }), 3)
 * assert.is(await peer.end(), 0)
 * ```
 */
export const scriptedPeer = (
  definition: Engine,
  { framing = 'ndjson', ...ports }: ScriptedPeerOptions = {},
): ScriptedPeer => {
  const { transport, peer: pipe } = memoryTransport()
  const texts: string[] = []
  const messages: PeerMessage[] = []
  const messages$ = new Subject<PeerMessage>()
  const handlers = new Map<string, (params: unknown) => unknown>()
  const decoder = frameDecoder(undefined, largestFrame)
  let lastId = 1000

  const say = (message: unknown): void => pipe.send(frame(JSON.stringify(message), framing))
  const answer = async ({ id, method = '', params }: PeerMessage): Promise<void> => {
    const handler = handlers.get(method)
    if (handler === undefined || id === undefined) return
    try {
      say({ jsonrpc: '2.0', id, result: (await handler(params)) ?? null })
    } catch (thrown) {
      const { code = -32000, message, data } = thrown as Partial<PeerError>
      say({ jsonrpc: '2.0', id, error: { code, message, data } })
    }
  }
  const reply = (id: unknown): Promise<PeerMessage> => {
    const isIt = (message: PeerMessage) => message.method === undefined && message.id === id
    const past = messages.find(isIt)
    return past === undefined ? firstValueFrom(messages$.pipe(filter(isIt))) : Promise.resolve(past)
  }
  pipe.written$.subscribe((written) => {
    for (const text of decoder.push(Buffer.from(written))) {
      if (typeof text !== 'string') throw new Error(`The engine wrote no frame: ${text.message}`)
      texts.push(text)
      for (const message of [JSON.parse(text)].flat() as PeerMessage[]) {
        messages.push(message)
        messages$.next(message)
        void answer(message)
      }
    }
  })
  const running = start(definition, {
    clock: realClock,
    log: noLogger,
    telemetry: noTelemetry,
    vitals: noVitals,
    signals$: NEVER,
    ...ports,
    transport,
  })
  return {
    engine: running,
    send: (raw) => pipe.send(raw),
    say,
    call: async (method, params) => {
      lastId += 1
      const id = lastId
      const replied = firstValueFrom(
        messages$.pipe(filter((it) => it.method === undefined && it.id === id)),
      )
      say({ jsonrpc: '2.0', id, method, params })
      const { error, result } = await replied
      if (error !== undefined) throw Object.assign(new Error(error.message), error)
      return result
    },
    notify: (method, params) => say({ jsonrpc: '2.0', method, params }),
    handle: (method, handler) => handlers.set(method, handler),
    reply,
    next: (isIt) => firstValueFrom(messages$.pipe(filter(isIt))),
    texts,
    messages,
    get replies() {
      return messages.filter(({ method }) => method === undefined)
    },
    pipe,
    end: async () => {
      pipe.end()
      return (await running.done).exitCode
    },
  }
}
