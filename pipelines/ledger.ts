/** Every open call of an engine: who waits for an answer, until when, and how much memory that holds. */
import type { Clock } from '../src/ports/clock.js'
import { idKey, type RequestId } from '../src/protocol/request-id.js'
import type { Call } from './call.js'
import { DeadlineWheel } from './deadline-wheel.js'

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
  private readonly byId = new Map<string | number, Call>()
  /** Calls with id null, and notifications. */
  private readonly unnamed = new Set<Call>()
  private readonly wheel: DeadlineWheel<Call>

  /** @param expire - called with a call that is still open at its deadline */
  constructor(clock: Clock, expire: (call: Call) => void) {
    this.wheel = new DeadlineWheel(clock, expire)
  }

  get size(): number {
    return this.byId.size + this.unnamed.size
  }

  /** Deadlines being watched. */
  get timed(): number {
    return this.wheel.size
  }

  find(id: RequestId): Call | undefined {
    return id === null ? undefined : this.byId.get(idKey(id))
  }

  add(call: Call): void {
    call.isOpen = true
    if (call.id === undefined || call.id === null) this.unnamed.add(call)
    else this.byId.set(idKey(call.id), call)
    this.openBytes += call.bytes + overheadBytes
    if (call.deadline !== Number.POSITIVE_INFINITY) this.wheel.add(call)
  }

  /** The call has been answered. */
  close(call: Call): void {
    if (!call.isOpen) return
    call.isOpen = false
    if (call.id === undefined || call.id === null) this.unnamed.delete(call)
    else this.byId.delete(idKey(call.id))
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
    const open = [...this.byId.values(), ...this.unnamed]
    const { atIntake } = this
    return atIntake === undefined || atIntake.isOpen ? open : [...open, atIntake]
  }
}
