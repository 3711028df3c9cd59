/** A child process as a host's client sees it. */
import type { Observable } from 'rxjs'
import type { Transport } from './transport.js'

/** What to start. */
export interface Command {
  readonly command: string
  readonly args?: readonly string[]
  readonly cwd?: string
  /** Added to what is inherited; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Variables that are passed on beside those that every program needs: names, prefixes such as `HF_*`, or all. */
  readonly inherit?: readonly string[] | 'all'
  /** The executable must have this SHA-256, in hexadecimal. */
  readonly sha256?: string
}

/** How a child process ended: by itself, by a signal, or before it began. */
export type ChildEnd =
  | { readonly how: 'exited'; readonly exitCode: number }
  | { readonly how: 'killed'; readonly signal: string }
  | {
      readonly how: 'not-started'
      readonly reason: string
      /** The system had no descriptors, processes or memory to spare: another try may help. */
      readonly isTransient?: boolean
    }

/** The line to the engine's watching thread. */
export interface WatchLine {
  /** Chunks that it writes. Completes when nobody holds the other end any more. One subscriber. */
  readonly input$: Observable<Uint8Array>
  /** Never throws, and nothing tells whether it was read. */
  write(text: string): void
}

export type KillSignal = 'SIGCONT' | 'SIGTERM' | 'SIGKILL'

export interface Child {
  /** Undefined when it could not be started. */
  readonly pid: number | undefined
  /** Its stdout in, its stdin out. */
  readonly transport: Transport
  /** What an engine of ours writes its frames to, in the place of stdout. Must be subscribed, once. */
  readonly channel$: Observable<Uint8Array>
  readonly watchLine: WatchLine
  /** Chunks of its stderr. Must be subscribed, once: a child that nobody listens to gets stuck. */
  readonly stderr$: Observable<Uint8Array>
  /** Resolves when it is gone and its last output has been read. Never rejects. */
  readonly ended: Promise<ChildEnd>
  /** SIGKILL and SIGCONT reach what the child has started, too. No matter if it is gone. */
  kill(signal: KillSignal): void
}

/** Never rejects: what could not be started has ended so. */
export type Spawn = (command: Command) => Promise<Child>
