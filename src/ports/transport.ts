/** A duplex pipe of bytes in and texts out, as an engine or a host's client sees it. */
import type { Observable } from 'rxjs'

export interface Transport {
  /** Chunks as they arrive. Completes at the end of input, errors when it cannot be read. One subscriber. */
  readonly input$: Observable<Uint8Array>
  /** Emits when unwritten output has gone down, so that who stopped reading may go on. */
  readonly drained$: Observable<void>
  /** Emits once, the first error of writing: nobody reads any more. What is written later is dropped. */
  readonly broken$: Observable<Error>
  /** Takes one frame, already framed. Frames of one turn of the event loop leave together. Never throws. */
  write(frame: string): void
  /** Frames taken and not yet handed to the system, in UTF-16 code units. */
  readonly unwritten: number
  /** All that was ever taken by `write`, in UTF-16 code units. */
  readonly taken: number
  /** Of them, those that were handed to the system, or are just being: frames behind them have reached nobody. */
  readonly handedOver: number
  /** Handed to the system so far, in bytes. */
  readonly bytesWritten: number
  /** Stops `input$` from emitting; one more chunk may arrive. */
  pause(): void
  resume(): void
  /** Ends the output after all that was written. Resolves when the system has all of it, or writing failed. */
  end(): Promise<void>
}
