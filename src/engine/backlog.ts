/** Frames that wait, unread, for memory. Of their content only deadlines are looked at: these are kept even here. */
import type { Clock, Timer } from '../ports/clock.js'
import type { Frame } from '../protocol/frame.js'

/** Frames that came together, and when, in milliseconds of the clock. */
export interface Arrival {
  readonly frames: readonly Frame[]
  readonly receivedAt: number
}

interface Entry {
  readonly frame: Frame
  /** When a call in it has to be answered; Infinity for never. */
  readonly dueAt: number
}

interface Group {
  readonly receivedAt: number
  entries: readonly Entry[]
}

export class Backlog {
  /** Length of all frames, in UTF-16 code units. */
  bytes = 0
  private groups: Group[] = []
  private readonly clock: Clock
  private readonly onDue: (arrival: Arrival) => void
  private timer: Timer | undefined
  private armedFor = Number.POSITIVE_INFINITY

  /** @param onDue - called with frames at their deadline; they wait no longer */
  constructor(clock: Clock, onDue: (arrival: Arrival) => void) {
    this.clock = clock
    this.onDue = onDue
  }

  get isEmpty(): boolean {
    return this.groups.length === 0
  }

  addLast(arrival: Arrival): void {
    this.groups.push(this.enter(arrival))
  }

  /** For frames that came before all that wait. */
  addFirst(arrival: Arrival): void {
    this.groups.unshift(this.enter(arrival))
  }

  /** Takes those out that wait longest. */
  shift(): Arrival | undefined {
    return this.leave(this.groups.shift())
  }

  /** Takes the latest out. */
  pop(): Arrival | undefined {
    return this.leave(this.groups.pop())
  }

  private enter({ frames, receivedAt }: Arrival): Group {
    const entries = frames.map((frame) => ({ frame, dueAt: receivedAt + timeLeftOf(frame) }))
    this.bytes += sizeOf(frames)
    for (const { dueAt } of entries) this.arm(dueAt)
    return { receivedAt, entries }
  }

  private leave(group: Group | undefined): Arrival | undefined {
    if (group === undefined) return undefined
    const frames = group.entries.map(({ frame }) => frame)
    this.bytes -= sizeOf(frames)
    return { frames, receivedAt: group.receivedAt }
  }

  private arm(at: number): void {
    if (at >= this.armedFor) return
    if (this.timer !== undefined) this.clock.clearTimer(this.timer)
    this.armedFor = at
    this.timer = this.clock.setTimer(() => this.expire(), Math.max(0, at - this.clock.now()))
  }

  private expire(): void {
    const now = this.clock.now()
    this.timer = undefined
    this.armedFor = Number.POSITIVE_INFINITY
    const due: Arrival[] = []
    for (const group of this.groups) {
      const frames = group.entries.filter(({ dueAt }) => dueAt <= now).map(({ frame }) => frame)
      if (frames.length > 0) due.push({ frames, receivedAt: group.receivedAt })
      group.entries = group.entries.filter(({ dueAt }) => dueAt > now)
      for (const { dueAt } of group.entries) this.arm(dueAt)
    }
    this.groups = this.groups.filter(({ entries }) => entries.length > 0)
    for (const { frames } of due) this.bytes -= sizeOf(frames)
    for (const arrival of due) this.onDue(arrival)
  }
}

const sizeOf = (frames: readonly Frame[]): number =>
  frames.reduce((sum, frame) => sum + (typeof frame === 'string' ? frame.length : 0), 0)

/** Milliseconds that the callers of a message give it, the most hasty one's in a batch. Parsed only if it can be there. */
const timeLeftOf = (frame: Frame): number => {
  if (typeof frame !== 'string' || !frame.includes('"deadlineMs"')) return Number.POSITIVE_INFINITY
  let value: unknown
  try {
    value = JSON.parse(frame)
  } catch {
    return Number.POSITIVE_INFINITY
  }
  const given = [value].flat().map(deadlineMsOf)
  return Math.min(...given.filter((ms) => typeof ms === 'number'))
}

const deadlineMsOf = (message: unknown): unknown =>
  (message as { params?: { _meta?: { deadlineMs?: unknown } | null } | null } | null)?.params?._meta
    ?.deadlineMs
