/** A child process as a host's client sees it. */
import type { Observable } from 'rxjs'
import type { Transport } from './transport.js'

/** How a child process ended: by itself, by a signal, or before it began. */
export type ChildEnd =
  | { readonly how: 'exited'; readonly exitCode: number }
  | { readonly how: 'killed'; readonly signal: string }
  | { readonly how: 'not-started'; readonly reason: string }

export interface Child {
  /** Undefined when it could not be started. */
  readonly pid: number | undefined
  /** Its stdout in, its stdin out. */
  readonly transport: Transport
  /** Chunks of its stderr. Must be subscribed, once: a child that nobody listens to gets stuck. */
  readonly stderr$: Observable<Uint8Array>
  /** Resolves when it is gone and its last output has been read. Never rejects. */
  readonly ended: Promise<ChildEnd>
  /** SIGKILL reaches what the child has started, too. No matter if it is gone. */
  kill(signal: 'SIGTERM' | 'SIGKILL'): void
}
