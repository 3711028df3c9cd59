/** Why one life of an engine's process ended. */
import type { ChildEnd } from '../ports/child.js'

export type EndReason =
  /** By itself, with an exit code. */
  | 'exit'
  /** By a signal that was not the host's. */
  | 'signal'
  /** There is no such program, or it may not be executed. */
  | 'failed_to_start'
  /** It was not ready by the start-up deadline. */
  | 'start_timeout'
  /** It closed its stdout, or its stdin, and ran on. */
  | 'stdout_eof'
  | 'stdin_closed'
  /** What it sent could not be read. */
  | 'unreadable'
  /** Its process was stopped (SIGSTOP), so that not even its watching thread ran. */
  | 'unresponsive'
  /** Its event loop was blocked for too long, while its watching thread ran. */
  | 'hang'
  /** It answered no ping, and has no watching thread that could tell more. */
  | 'silent'
  /** It used more memory than it may. */
  | 'memory'
  /** The host wanted it to end: a stop, a restart, or a replacement. */
  | 'stopped'

export interface EpochEnd {
  readonly reason: EndReason
  /** A sentence for people. */
  readonly message: string
  readonly end: ChildEnd
  /** Its last lines on stderr. */
  readonly stderr: readonly string[]
  /** By the clock. */
  readonly readyAt: number | undefined
  /** What its watching thread saw before it was killed: where the main thread was. */
  readonly stack?: readonly string[] | undefined
}
