/** The last that is known of one life of an engine, kept to be written down when it ends badly. */
import type { EpochEnd } from './epoch-end.js'

export interface BlackBoxEntry {
  /** Wall-clock time, as ISO 8601. */
  readonly at: string
  /** `<` a message from the engine, `>` one to it, `tick` a health snapshot, `event` what the host saw or did. */
  readonly kind: '<' | '>' | 'tick' | 'event'
  readonly text: string
}

export interface BlackBoxFile {
  readonly version: 1
  readonly engine: string
  readonly key: string
  readonly epoch: number
  readonly pid: number | undefined
  readonly command: string
  readonly startedAt: string
  readonly endedAt: string
  readonly reason: EpochEnd['reason']
  readonly message: string
  readonly end: EpochEnd['end']
  readonly stack?: readonly string[] | undefined
  readonly entries: readonly BlackBoxEntry[]
  readonly stderr: string
}

const mostEntries = 200
/** Of one message, in characters: enough to tell which it was, and little of what it said. */
const longest = 500

interface Noted extends Omit<BlackBoxEntry, 'at'> {
  readonly at: number
}

export class BlackBox {
  private readonly noted: Noted[] = []
  private readonly wallClock: () => number

  /** @param wallClock - milliseconds since 1970 */
  constructor(wallClock: () => number) {
    this.wallClock = wallClock
  }

  add(kind: BlackBoxEntry['kind'], text: string): void {
    this.noted.push({ at: this.wallClock(), kind, text: brief(text) })
    if (this.noted.length > mostEntries) this.noted.shift()
  }

  get entries(): readonly BlackBoxEntry[] {
    return this.noted.map(({ at, ...entry }) => ({ at: new Date(at).toISOString(), ...entry }))
  }
}

/** A copy, as a part of a large text would keep all of it in memory. */
const brief = (text: string): string =>
  text.length <= longest
    ? text
    : `${Buffer.from(text.slice(0, longest)).toString()}… (${text.length} characters)`
