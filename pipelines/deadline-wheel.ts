/** One timer for the deadlines of all calls. Arming and disarming cost a Set operation, and it fires to the millisecond. */
import type { Clock, Timer } from '../src/ports/clock.js'

const slotMs = 8
const slotCount = 512
/** So many calls are expired before the event loop gets its turn. */
const perTurn = 1000

/** A link of a ring: a slot, or an entry in it. */
interface Link {
  /** The wheel's own notes; undefined while the entry is not in the wheel. */
  wheelNext: Link | undefined
  wheelPrevious: Link | undefined
}

export interface WheelEntry extends Link {
  /** In milliseconds of the clock; may change only while the entry is not in the wheel. */
  readonly deadline: number
}

const emptySlot = (): Link => {
  const slot: Link = { wheelNext: undefined, wheelPrevious: undefined }
  slot.wheelNext = slot
  slot.wheelPrevious = slot
  return slot
}

const tickOf = (time: number): number => Math.floor(time / slotMs)

export class DeadlineWheel<T extends WheelEntry> {
  size = 0
  /** Made when they are first used: an engine that starts needs none. */
  private readonly slots: (Link | undefined)[] = []
  private readonly clock: Clock
  private readonly expire: (entry: T) => void
  private timer: Timer | undefined
  /** When the timer fires. */
  private armedFor = Number.POSITIVE_INFINITY
  /** Slots before this one hold nothing that is due. */
  private tick: number

  /** @param expire - called once per entry, at its deadline or later, in the order of deadlines */
  constructor(clock: Clock, expire: (entry: T) => void) {
    this.clock = clock
    this.expire = expire
    this.tick = tickOf(clock.now())
  }

  add(entry: T): void {
    if (this.size === 0) this.tick = tickOf(this.clock.now())
    // What is overdue already waits where the wheel looks next.
    const tick = Math.max(tickOf(entry.deadline), this.tick)
    const index = tick % slotCount
    const slot = this.slots[index] ?? emptySlot()
    this.slots[index] = slot
    entry.wheelNext = slot
    entry.wheelPrevious = slot.wheelPrevious
    ;(slot.wheelPrevious as Link).wheelNext = entry
    slot.wheelPrevious = entry
    this.size += 1
    if (entry.deadline < this.armedFor) this.arm(entry.deadline)
  }

  /** Removes an entry that may not be there. The timer stays: to find nothing once is cheaper than to stop it each time. */
  delete(entry: T): void {
    const { wheelNext, wheelPrevious } = entry
    if (wheelNext === undefined || wheelPrevious === undefined) return
    wheelNext.wheelPrevious = wheelPrevious
    wheelPrevious.wheelNext = wheelNext
    entry.wheelNext = undefined
    entry.wheelPrevious = undefined
    this.size -= 1
  }

  private *entriesAt(tick: number): Iterable<T> {
    const slot = this.slots[tick % slotCount]
    for (let link = slot?.wheelNext; link !== slot; link = link?.wheelNext) yield link as T
  }

  private arm(at: number): void {
    this.disarm()
    this.armedFor = at
    this.timer = this.clock.setTimer(() => this.turn(), Math.max(0, at - this.clock.now()))
  }

  private disarm(): void {
    if (this.timer !== undefined) this.clock.clearTimer(this.timer)
    this.timer = undefined
    this.armedFor = Number.POSITIVE_INFINITY
  }

  private turn(): void {
    this.disarm()
    const now = this.clock.now()
    const due = this.due(now).sort((a, b) => a.deadline - b.deadline)
    for (const entry of due.slice(0, perTurn)) {
      if (entry.wheelNext === undefined || entry.deadline > now) continue // taken off or moved by one before it
      this.delete(entry)
      this.expire(entry)
    }
    if (due.length > perTurn) {
      this.arm(now)
    } else {
      this.tick = tickOf(now)
      if (this.size > 0) this.arm(Math.min(this.next(), this.armedFor))
    }
  }

  private due(now: number): T[] {
    const due: T[] = []
    const last = Math.min(tickOf(now), this.tick + slotCount - 1)
    for (let tick = this.tick; tick <= last; tick += 1) {
      for (const entry of this.entriesAt(tick)) if (entry.deadline <= now) due.push(entry)
    }
    return due
  }

  /** The earliest deadline, or the end of the wheel's turn when that is sooner. */
  private next(): number {
    for (let tick = this.tick; tick < this.tick + slotCount; tick += 1) {
      let earliest = Number.POSITIVE_INFINITY
      for (const { deadline } of this.entriesAt(tick)) {
        if (tickOf(deadline) <= tick && deadline < earliest) earliest = deadline
      }
      if (earliest !== Number.POSITIVE_INFINITY) return earliest
    }
    return (this.tick + slotCount) * slotMs
  }
}
