/** `setTimeout` and `setInterval` in virtual time, with what Node's timer objects offer. */
import { AsyncResource } from 'node:async_hooks'
import type { Timer } from '../ports/clock.js'
import type { VirtualClock } from './virtual-clock.js'

/** As in Node: what is longer than this (24.8 days) fires at once. Otherwise 0 is this frame, as in RxJS's TestScheduler. */
const longestDelayMs = 2 ** 31 - 1
export const effectiveDelay = (delayMs: unknown): number => {
  const number = Number(delayMs) || 0
  return number > longestDelayMs ? 1 : number
}

const byId = new Map<number, VirtualTimeout>() // only those that were asked for a number
let lastId = 2 ** 40 // apart from those of real timers

export class VirtualTimeout {
  readonly #clock: VirtualClock
  readonly #task: () => void
  readonly #delayMs: number
  readonly #kind: 'setTimeout' | 'setInterval'
  readonly #context = new AsyncResource('Timeout')
  #timer: Timer
  #id = 0
  #isRef = true

  constructor(
    clock: VirtualClock,
    kind: 'setTimeout' | 'setInterval',
    task: () => void,
    delayMs: unknown,
  ) {
    if (typeof task !== 'function') throw new TypeError(`${kind}: the callback is not a function`)
    this.#clock = clock
    this.#kind = kind
    this.#task = task
    this.#delayMs = effectiveDelay(delayMs)
    this.#arm()
  }

  #arm(): void {
    const label = `${this.#kind} of ${this.#delayMs} ms`
    this.#timer = this.#clock.setTimer(() => this.#run(), this.#delayMs, label)
  }

  #run(): void {
    if (this.#kind === 'setInterval')
      this.#arm() // first, so that the task can clear it
    else byId.delete(this.#id)
    this.#context.runInAsyncScope(this.#task)
  }

  refresh(): this {
    this.#clock.clearTimer(this.#timer)
    this.#arm()
    return this
  }

  close(): this {
    this.#clock.clearTimer(this.#timer)
    byId.delete(this.#id)
    return this
  }

  ref(): this {
    this.#isRef = true
    return this
  }

  unref(): this {
    this.#isRef = false
    return this
  }

  hasRef(): boolean {
    return this.#isRef
  }

  [Symbol.toPrimitive](): number {
    if (this.#id === 0) {
      lastId += 1
      this.#id = lastId
      byId.set(this.#id, this)
    }
    return this.#id
  }
}

/** @returns whether `handle` was a virtual timer, by itself or by its number */
export const clearVirtual = (handle: unknown): boolean => {
  const byNumber = typeof handle === 'object' ? undefined : byId.get(Number(handle))
  const timeout = handle instanceof VirtualTimeout ? handle : byNumber
  timeout?.close()
  return timeout !== undefined
}
