/** What a supervisor asks of the world. */
import type { Spawn } from '../ports/child.js'
import type { Clock } from '../ports/clock.js'
import type { BlackBoxFile } from './black-box.js'

export interface ProcessUsage {
  /** Of the process and all it has started. */
  readonly rssBytes: number
  readonly cpuMs: number
}

export interface HostPorts {
  readonly spawn: Spawn
  readonly clock: Clock
  /** Milliseconds since 1970. */
  readonly wallClock: () => number
  /** From 0 to 1, for jitter. */
  readonly chance: () => number
  /** Random and unique, as hexadecimal digits. */
  readonly newId: () => string
  /** Whether the system has stopped a process, as SIGSTOP does. */
  readonly isStopped: (pid: number) => boolean
  /** Undefined where the platform does not tell. */
  readonly usageOf: (pid: number) => Promise<ProcessUsage | undefined>
  /** Notes that a process is ours, for the next start to find; returns what takes the note away. */
  readonly note: (child: { pid: number; cookie: string; command: string }) => () => void
  /** Ends what an earlier host has left behind. */
  readonly sweep: () => Promise<void>
  /** Keeps this process from ending by itself, until what it returns is called: a wait alone does not. */
  readonly stayAlive: () => () => void
  /** Writes down what is known of an engine that ended badly. @returns the file */
  readonly keep: (box: BlackBoxFile) => Promise<string | undefined>
}
