/** One model: whether it is in memory, who uses it, and for how long it stays. */
import type { ModelInfo } from '../models/model-info.js'
import type { Clock, Timer } from '../ports/clock.js'
import { requestCancelled } from '../protocol/rpc-error.js'
import type { Caller, FoundModel, Loaded, LoadOptions, SpeechBackend } from './backend.js'

/** What a model asks of who keeps it. */
export interface Keeper {
  readonly backend: Pick<SpeechBackend, 'load' | 'unload'>
  readonly clock: Clock
  /** Of models whose own was not set. */
  keepAliveMs(): number
  /** How they are loaded where a request does not say. */
  loadOptions(): LoadOptions
  /** Its time is over, or it could not be unloaded. */
  told(model: string, event: 'expired' | 'stuck', err?: unknown): void
}

/** A model that stays in memory until `release()`, which may be called again. */
export interface Use {
  readonly loaded: Loaded
  /** How long it took to load; 0 if it was loaded already. */
  readonly loadMs: number
  release(): void
}

export class HeldModel {
  readonly model: string
  state: ModelInfo['state'] = 'available'
  loaded: Loaded | undefined
  /** As it was found when it was loaded. */
  found: FoundModel | undefined
  private readonly keeper: Keeper
  private asked: LoadOptions = {}
  private keepAliveMs: number | undefined
  private users = 0
  private whenUnused: (() => void)[] = []
  private timer: Timer
  /** Loads and unloads, one after the other. */
  private turn: Promise<unknown> = Promise.resolve()
  private turns = 0

  constructor(model: string, keeper: Keeper) {
    this.model = model
    this.keeper = keeper
  }

  /** Nothing is known of it that is not known of any other. */
  get isForgotten(): boolean {
    return this.state === 'available' && this.users === 0 && this.turns === 0
  }

  /** What a list tells of it while it is in memory. */
  get info(): Partial<ModelInfo> & Pick<ModelInfo, 'state'> {
    if (this.loaded === undefined) return { state: this.state }
    const { device, computeType } = this.loaded
    return { state: this.state, device, computeType, keepAliveMs: this.keptMs }
  }

  /**
   * Loads it in this way, and says for how long it is to stay. Who loads a model means to use it: that it is not to stay
   * at all counts from the first call.
   */
  load(
    options: LoadOptions,
    keepAliveMs: number | undefined,
    caller: Caller,
  ): Promise<Omit<Use, 'release'>> {
    return this.inTurn(async () => {
      const isOther = !this.isAs(options)
      if (isOther) await this.unused()
      this.keepAliveMs = keepAliveMs
      const whole = isOther ? options : { ...this.asked, ...options }
      const loadMs = await this.ensure(whole, caller, isOther)
      this.stopTimer()
      if (this.users === 0 && this.keptMs > 0) this.keepAlive()
      return { loaded: this.loaded as Loaded, loadMs }
    })
  }

  /** Loads it if it is not, as it was asked for last. */
  acquire(caller: Caller): Promise<Use> {
    return this.inTurn(async () => {
      const loadMs = await this.ensure(this.asked, caller, false)
      return this.use(loadMs)
    })
  }

  /** Waits until nobody uses it. @returns the memory that is held then, in bytes */
  unload(hard: boolean): Promise<number> {
    return this.inTurn(async () => {
      await this.unused()
      this.asked = {}
      this.keepAliveMs = undefined
      return this.drop(hard)
    })
  }

  /** The process that held it has ended. */
  gone(): void {
    this.stopTimer()
    this.loaded = undefined
    if (this.state === 'loaded') this.state = 'available'
  }

  stopTimer(): void {
    this.keeper.clock.clearTimer(this.timer)
    this.timer = undefined
  }

  private get keptMs(): number {
    return this.keepAliveMs ?? this.keeper.keepAliveMs()
  }

  /** Whether it has been asked for in this way, or came out so; what is left out may be anything. */
  private isAs({ device, computeType, cpuThreads }: LoadOptions): boolean {
    const { asked, loaded } = this
    const isAlike = (wish: string | undefined, name: 'device' | 'computeType'): boolean =>
      wish === undefined || wish === asked[name] || wish === loaded?.[name]
    return (
      isAlike(device, 'device') &&
      isAlike(computeType, 'computeType') &&
      (cpuThreads === undefined || cpuThreads === asked.cpuThreads)
    )
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.turns += 1
    const done = this.turn.then(work).finally(() => {
      this.turns -= 1
    })
    this.turn = done.catch(() => {})
    return done
  }

  private async ensure(options: LoadOptions, caller: Caller, isOther: boolean) {
    const { clock } = this.keeper
    if (caller.signal.aborted) throw requestCancelled()
    if (this.loaded !== undefined && !isOther) return 0
    this.stopTimer()
    this.state = 'loading'
    this.loaded = undefined
    const startedAt = clock.now()
    try {
      this.loaded = await this.keeper.backend.load(
        this.model,
        { ...this.keeper.loadOptions(), ...options },
        caller,
      )
      this.asked = options
      this.state = 'loaded'
      return clock.now() - startedAt
    } catch (error) {
      this.state = 'available'
      throw error
    }
  }

  private use(loadMs: number): Use {
    this.stopTimer()
    this.users += 1
    let isReleased = false
    const release = (): void => {
      if (isReleased) return
      isReleased = true
      this.users -= 1
      if (this.users > 0) return
      for (const go of this.whenUnused.splice(0)) go()
      if (this.loaded === undefined) void this.leave()
      else this.keepAlive()
    }
    return { loaded: this.loaded as Loaded, loadMs, release }
  }

  private async unused(): Promise<void> {
    while (this.users > 0) await new Promise<void>((resolve) => this.whenUnused.push(resolve))
  }

  private keepAlive(): void {
    if (this.keptMs < 0) return
    this.timer = this.keeper.clock.setTimer(() => void this.expire(), this.keptMs)
  }

  /** Its process had gone; for who used it, the next one may have loaded it again, which nobody would unload. */
  private async leave(): Promise<void> {
    await this.inTurn(async () => {
      if (this.loaded === undefined && this.users === 0) await this.drop(false)
    }).catch((err) => this.keeper.told(this.model, 'stuck', err))
  }

  /** Unless somebody has come for it meanwhile. */
  private async expire(): Promise<void> {
    const mine = this.timer
    await this.inTurn(async () => {
      if (this.timer !== mine || this.users > 0) return
      await this.drop(false)
      this.keeper.told(this.model, 'expired')
    }).catch((err) => this.keeper.told(this.model, 'stuck', err))
  }

  private async drop(hard: boolean): Promise<number> {
    this.stopTimer()
    if (this.loaded !== undefined) this.state = 'unloading'
    try {
      return await this.keeper.backend.unload(this.model, hard)
    } finally {
      this.loaded = undefined
      this.found = undefined
      this.state = 'available'
    }
  }
}
