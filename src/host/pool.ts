/** How many processes an engine has, and for how long each is used. */
import type { Clock, Timer } from '../ports/clock.js'
import type { Plan } from './engine-spec.js'
import type { Epoch } from './epoch.js'
import type { Member } from './supervision.js'

export type RecycleReason = 'calls' | 'age' | 'memory' | 'asked'

interface Parts {
  readonly plan: Plan
  readonly clock: Clock
  readonly chance: () => number
  /** Those of this engine. */
  readonly members: () => readonly Member[]
  readonly add: () => void
  readonly stop: (key: string) => void
  readonly recycle: (key: string, why: RecycleReason) => void
}

export class Pool {
  private readonly parts: Parts
  /** End the age and the idleness of each process. */
  private readonly ages = new Map<Epoch, Timer>()
  private readonly rests = new Map<Epoch, Timer>()

  constructor(parts: Parts) {
    this.parts = parts
  }

  /** All have something to do: one more, unless one is on its way. */
  pressed(): void {
    const { plan, add } = this.parts
    const wanted = this.wanted()
    // Fewer than always run are not wanted any more.
    const mayGrow = wanted.length >= plan.min && wanted.length < plan.max
    if (mayGrow && wanted.every(({ phase }) => phase === 'ready')) add()
  }

  /** A process is ready. */
  began(epoch: Epoch): void {
    const { plan, clock, chance, recycle } = this.parts
    const ageMs = plan.recycle.ageMs * (0.9 + 0.2 * chance()) // not all at once
    if (ageMs < Infinity) {
      this.ages.set(
        epoch,
        clock.setTimer(() => recycle(epoch.settings.key, 'age'), ageMs),
      )
    }
    this.rest(epoch)
  }

  /** A call of it is over. */
  called(epoch: Epoch): void {
    const { plan, recycle } = this.parts
    if (epoch.isUsable && epoch.calls >= plan.recycle.calls) recycle(epoch.settings.key, 'calls')
    this.rest(epoch)
  }

  ended(epoch: Epoch): void {
    for (const timers of [this.ages, this.rests]) {
      this.parts.clock.clearTimer(timers.get(epoch))
      timers.delete(epoch)
    }
  }

  /** One beyond those that always run is stopped when it has had nothing to do for long. */
  private rest(epoch: Epoch): void {
    const { plan, clock, stop } = this.parts
    if (plan.max === plan.min || epoch.client?.inFlight !== 0) return
    clock.clearTimer(this.rests.get(epoch))
    const tired = (): void => {
      const isIdle = epoch.isUsable && epoch.client?.inFlight === 0
      if (isIdle && this.wanted().length > plan.min) stop(epoch.settings.key)
    }
    this.rests.set(epoch, clock.setTimer(tired, plan.idleMs))
  }

  private wanted(): readonly Member[] {
    return this.parts.members().filter(({ wanted }) => wanted)
  }
}
