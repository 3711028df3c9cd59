/** Both ends of a pipe in memory: an engine's transport, and what a test holds. */
import { Subject } from 'rxjs'
import type { Transport } from '../ports/transport.js'

export interface MemoryPeer {
  /** Sends bytes or text to the engine, at once. */
  send(bytes: Uint8Array | string): void
  /** Ends the engine's input. */
  end(): void
  /** Texts that the engine wrote. */
  readonly written: readonly string[]
  /** Emits each text as it is written. */
  readonly written$: Subject<string>
  /** While stalled, what the engine writes counts as unwritten. */
  stall(): void
  read(): void
  /** Fails the engine's output, as a closed pipe does. */
  break(error?: Error): void
  /** Whether the engine has stopped reading. */
  readonly isPaused: boolean
  /** Whether the engine has ended its output. */
  readonly hasEnded: boolean
}

/** Nothing is buffered towards the engine unless it has paused; nothing is split or joined. */
export const memoryTransport = (): { readonly transport: Transport; readonly peer: MemoryPeer } => {
  const input$ = new Subject<Uint8Array>()
  const drained$ = new Subject<void>()
  const broken$ = new Subject<Error>()
  const written$ = new Subject<string>()
  const written: string[] = []
  const kept: Uint8Array[] = []
  let unread: string[] = []
  let taken = 0
  let lost = 0
  let isPaused = false
  let isStalled = false
  let isBroken = false
  let hasInputEnded = false
  let hasEnded = false
  let onRead: (() => void) | undefined

  const deliver = (text: string): void => {
    written.push(text)
    written$.next(text)
  }
  const giveKept = (): void => {
    while (!isPaused && kept.length > 0) input$.next(kept.shift() as Uint8Array)
    if (!isPaused && hasInputEnded) input$.complete()
  }
  return {
    transport: {
      input$,
      drained$,
      broken$,
      write(frame) {
        if (hasEnded) return
        taken += frame.length
        if (isBroken) lost += frame.length
        else if (isStalled) unread.push(frame)
        else deliver(frame)
      },
      get unwritten() {
        return lengthOf(unread)
      },
      get taken() {
        return taken
      },
      get bytesWritten() {
        return written.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
      },
      get handedOver() {
        return taken - lost - lengthOf(unread)
      },
      pause() {
        isPaused = true
      },
      resume() {
        isPaused = false
        giveKept()
      },
      async end() {
        hasEnded = true
        if (isStalled && !isBroken) {
          await new Promise<void>((resolve) => {
            onRead = resolve
          })
        }
      },
    },
    peer: {
      send(bytes) {
        kept.push(typeof bytes === 'string' ? Buffer.from(bytes) : bytes)
        giveKept()
      },
      end() {
        hasInputEnded = true
        giveKept()
      },
      written,
      written$,
      stall() {
        isStalled = true
      },
      read() {
        isStalled = false
        const texts = unread
        unread = []
        for (const text of texts) deliver(text)
        drained$.next()
        onRead?.()
      },
      break(error = new Error('write EPIPE')) {
        isBroken = true
        lost += lengthOf(unread)
        unread = []
        broken$.next(error)
        onRead?.()
      },
      get isPaused() {
        return isPaused
      },
      get hasEnded() {
        return hasEnded
      },
    },
  }
}

const lengthOf = (texts: readonly string[]): number =>
  texts.reduce((sum, text) => sum + text.length, 0)
