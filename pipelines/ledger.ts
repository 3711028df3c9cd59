/** Every open call of an engine: who waits for an answer, until when, and how much memory that holds. */
import type { Clock } from '../src/ports/clock.js'
import { idKey, type RequestId } from '../src/protocol/request-id.js'
import type { Call } from './call.js'
import { DeadlineWheel } from './deadline-wheel.js'
import { PassingMap } from './passing-map.js'

/** What an open call is taken to hold beside its message, in bytes: an estimate, so that calls without params count too. */
const overheadBytes = 256

/**
 * A call that is answered while it is handed in never gets here: nothing else can run meanwhile.
 * All others stay until their answer is written, also while a reply stage keeps it back.
 */
export class Ledger {
  /** Queued and running calls, in bytes. */
  openBytes = 0
  /** The call that passes the stages for the first time and is not listed yet. */
  atIntake: Call | undefined
  /** A call has been closed: memory is free, and perhaps none is open any more. */
  onClose: () => void = () => {}
  /** By their ids; those with id null, and notifications, by themselves. */
  private readonly open = new PassingMap<string | number | Call, Call>()
  private readonly wheel: DeadlineWheel<Call>

  /** @param expire - called with a call that is still open at its deadline */
  constructor(clock: Clock, expire: (call: Call) => void) {
    this.wheel = new DeadlineWheel(clock, expire)
  }

  get size(): number {
    return this.open.size
  }

  /** Deadlines being watched. */
  get timed(): number {
    return this.wheel.size
  }

  find(id: RequestId): Call | undefined {
    return id === null ? undefined : this.open.get(idKey(id))
  }

  add(call: Call): void {
    call.isOpen = true
    this.open.set(keyOf(call), call)
    this.openBytes += call.bytes + overheadBytes
    if (call.deadline !== Number.POSITIVE_INFINITY) this.wheel.add(call)
  }

  /** The call has been answered. */
  close(call: Call): void {
    if (!call.isOpen) return
    call.isOpen = false
    this.open.delete(keyOf(call))
    this.openBytes -= call.bytes + overheadBytes
    this.wheel.delete(call)
    this.onClose()
  }

  /** Moves an open call in the wheel while `change` sets its deadline. */
  reschedule(call: Call, change: () => void): void {
    this.wheel.delete(call)
    change()
    this.wheel.add(call)
  }

  /** Open calls at this moment, the one at the intake included. */
  calls(): Call[] {
    const open = this.open.values()
    const { atIntake } = this
    return atIntake === undefined || atIntake.isOpen ? open : [...open, atIntake]
  }
}

const keyOf = (call: Call): string | number | Call =>
  call.id === undefined || call.id === null ? call : idKey(call.id)
