/** Keeps engines running: carries out what `supervision.ts` decides, and tells of it. */
import { BehaviorSubject, filter, firstValueFrom, type Observable, Subject } from 'rxjs'
import type { Timer } from '../ports/clock.js'
import { type Logger, noLogger } from '../ports/logger.js'
import { type HostFigures, noTelemetry, type Telemetry } from '../ports/telemetry.js'
import { type RpcError, shuttingDown } from '../protocol/rpc-error.js'
import { Dispatcher } from './dispatcher.js'
import { type EngineSpec, type Plan, planOf } from './engine-spec.js'
import { Epoch, type EpochListener } from './epoch.js'
import type { EpochEnd } from './epoch-end.js'
import type { HostPorts } from './host-ports.js'
import { ManagedEngine } from './managed-engine.js'
import { Pool, type RecycleReason } from './pool.js'
import { isHopeless, refusalOf } from './refusal.js'
import { Restarts } from './restarts.js'
import { type HostEvent, type MemberStatus, statusOf } from './status.js'
import {
  type Action,
  type Member,
  newMember,
  type Strategy,
  type Supervision,
  type SupervisionEvent,
  step,
} from './supervision.js'
import type { CallsOf } from './typed.js'

export interface SupervisorOptions<S extends EngineSpecs> {
  readonly engines: S
  /** Whom the end of one engine concerns. Default `one_for_one`. */
  readonly strategy?: Strategy
  /** Takes what happens, and what the engines log. Default: nowhere. */
  readonly log?: Logger
  /** Watches the calls of all engines, and how they are. Default: nobody does. */
  readonly telemetry?: Telemetry | undefined
}

// biome-ignore lint/suspicious/noExplicitAny: each spec may carry the type of an engine of its own
export type EngineSpecs = Readonly<Record<string, EngineSpec<any>>>

export type EngineOf<T> = T extends EngineSpec<infer E> ? E : unknown

/** What belongs to one member beside the reducer's state. */
interface Slot {
  readonly plan: Plan
  epochs: number
  epoch: Epoch | undefined
  last: EpochEnd | undefined
  isRecycling: boolean
  wait: Timer
}

/** What belongs to one engine. */
interface Team {
  readonly dispatcher: Dispatcher
  readonly pool: Pool
  readonly engine: ManagedEngine
}

/** How long the calls of a process that is replaced may take, in milliseconds; the engine bounds it, too. */
const recycleGraceMs = 60_000

export class Supervisor<S extends EngineSpecs = EngineSpecs> {
  readonly events$: Observable<HostEvent>
  /** All processes, whenever the state of one changes, and with each ping. */
  readonly state$: Observable<readonly MemberStatus[]>
  private readonly ports: HostPorts
  private readonly log: Logger
  private readonly telemetry: Telemetry
  private readonly restarts = new Restarts()
  private readonly unwatch: (() => void) | undefined
  private readonly events = new Subject<HostEvent>()
  private readonly states = new BehaviorSubject<readonly MemberStatus[]>([])
  private readonly plans: ReadonlyMap<string, Plan>
  private readonly teams = new Map<string, Team>()
  private readonly slots = new Map<string, Slot>()
  private state: Supervision
  private stopping: Promise<void> | undefined
  private readonly mayEnd: () => void
  private readonly happened: SupervisionEvent[] = []
  private isActing = false

  constructor(
    { engines, strategy = 'one_for_one', log = noLogger, telemetry }: SupervisorOptions<S>,
    ports: HostPorts,
  ) {
    this.telemetry = telemetry ?? noTelemetry
    this.ports = ports
    this.log = log
    this.events$ = this.events.asObservable()
    this.state$ = this.states.asObservable()
    this.plans = new Map(Object.entries(engines).map(([name, spec]) => [name, planOf(name, spec)]))
    this.state = { strategy, members: [] }
    this.mayEnd = ports.stayAlive() // after what throws
    this.unwatch = this.telemetry.watchHost?.(() => this.figures)
    for (const plan of this.plans.values()) this.manage(plan)
    void this.begin()
  }

  /** @throws TypeError when there is no engine of that name */
  engine<N extends keyof S & string>(
    name: N,
  ): Omit<ManagedEngine, 'request' | 'updates'> & CallsOf<EngineOf<S[N]>, ManagedEngine> {
    return this.team(name).engine as never
  }

  /** All processes with their latest figures. */
  get status(): readonly MemberStatus[] {
    return this.state.members.map((member) => {
      const { epoch, epochs, last } = this.slots.get(member.key) as Slot
      return statusOf(member, epoch, epochs, last)
    })
  }

  private get figures(): HostFigures {
    const members = this.status.map(({ engine, key, state, inFlight }) => {
      const strayBytes = this.slots.get(key)?.epoch?.client?.strayBytes ?? 0
      return { engine, key, state, inFlight, strayBytes }
    })
    return { members, restarts: this.restarts.all }
  }

  /** Resolves when all processes are ready. @throws RpcError when one is quarantined, or all are stopped */
  async ready(): Promise<void> {
    const isSettled = ({ readyAt, state }: MemberStatus): boolean =>
      readyAt !== undefined || state === 'stopped' || state === 'quarantined'
    const isDecided = (all: readonly MemberStatus[]): boolean =>
      all.some(({ state }) => state === 'quarantined') || (all.length > 0 && all.every(isSettled))
    if (this.stopping !== undefined) throw shuttingDown()
    if (this.plans.size === 0) return
    const all = await firstValueFrom(this.states.pipe(filter(isDecided)), { defaultValue: [] })
    if (this.stopping !== undefined) throw shuttingDown()
    // One that is to run once may have done so.
    const lost = all.find(
      ({ key, readyAt }) =>
        readyAt === undefined && this.slots.get(key)?.last?.readyAt === undefined,
    )
    if (lost !== undefined) throw this.refusal(lost.engine)
  }

  /**
   * Stops all engines, the last one first. Calls that wait fail with ShuttingDown, and open ones may finish within the
   * engine's `grace`. Resolves when no process is left. May be called at any time, and more than once.
   */
  stop(): Promise<void> {
    this.stopping ??= this.end()
    return this.stopping
  }

  /** Kills all engines, and all that they have started; open calls fail. Resolves when no process is left. */
  async kill(): Promise<void> {
    const stopped = this.stop()
    for (const { epoch } of this.slots.values()) epoch?.kill('stopped', 'The host has killed it')
    await stopped
  }

  /** Starts an engine again that was quarantined or waits to be restarted, at once; its failures are forgotten. */
  resume(name: keyof S & string): void {
    this.team(name)
    if (this.stopping === undefined) this.act({ type: 'resume', engine: name })
  }

  /** Replaces the processes of an engine by new ones; open calls may finish. */
  restart(name: keyof S & string): void {
    this.team(name)
    for (const { key, engine } of this.state.members)
      if (engine === name) this.recycle(key, 'asked')
  }

  private async end(): Promise<void> {
    await Promise.resolve() // so that `stopping` is known to whoever hears of what follows
    for (const { dispatcher } of this.teams.values()) dispatcher.close(shuttingDown)
    for (const { isRecycling, epoch, plan } of this.slots.values())
      if (isRecycling) epoch?.hasten(plan.graceMs)
    this.act({ type: 'stop-all' })
    await firstValueFrom(
      this.states.pipe(filter(() => this.state.members.every(({ phase }) => phase === 'down'))),
    )
    await Promise.all([...this.slots.values()].map(({ epoch }) => epoch?.kept))
    this.events.complete()
    this.states.complete()
    for (const { engine } of this.teams.values()) engine.end()
    this.unwatch?.()
    this.mayEnd()
  }

  private async begin(): Promise<void> {
    await this.ports.sweep()
    if (this.stopping !== undefined) return
    for (const plan of this.plans.values()) for (let n = 1; n <= plan.min; n += 1) this.enlist(plan)
  }

  private manage(plan: Plan): void {
    const { name, queue, replays, idempotent } = plan
    const pool = new Pool({
      plan,
      clock: this.ports.clock,
      chance: this.ports.chance,
      members: () => this.state.members.filter(({ engine }) => engine === name),
      add: () => this.enlist(plan),
      stop: (key) => this.act({ type: 'stop', key }),
      recycle: (key, why) => this.recycle(key, why),
    })
    const dispatcher = new Dispatcher({
      clock: this.ports.clock,
      telemetry: this.telemetry,
      newId: this.ports.newId,
      queue,
      replays,
      isIdempotent: (epoch, method) => idempotent.has(method) || epoch.idempotent.has(method),
      onPressure: () => pool.pressed(),
      onDone: (epoch) => pool.called(epoch),
      isRestarting: ({ settings }) => {
        const member = this.member(settings.key)
        return member?.wanted === true && !member.isQuarantined
      },
    })
    const engine = new ManagedEngine(name, this.states, dispatcher)
    this.teams.set(name, { dispatcher, pool, engine })
  }

  private enlist(plan: Plan): void {
    if (this.stopping !== undefined) return
    const { name, policy, max } = plan
    let n = 1
    while (this.member(`${name}#${n}`) !== undefined) n += 1
    const key = max === 1 ? name : `${name}#${n}`
    const known = this.slots.get(key)
    this.slots.set(key, {
      plan,
      epochs: known?.epochs ?? 0,
      epoch: undefined,
      last: known?.last,
      isRecycling: false,
      wait: undefined,
    })
    this.act({ type: 'add', member: newMember(key, name, policy, max > 1) })
  }

  /** Events that come while one is worked on wait for their turn. */
  private act(event: SupervisionEvent): void {
    this.happened.push(event)
    if (this.isActing) return
    this.isActing = true
    try {
      for (let next = this.happened.shift(); next !== undefined; next = this.happened.shift()) {
        const { clock, chance } = this.ports
        const [state, actions] = step(this.state, next, clock.now(), chance())
        this.state = state
        for (const action of actions) this.carryOut(action)
      }
    } finally {
      this.isActing = false
    }
    this.openAndClose()
    this.tellState()
  }

  /** Calls wait for as long as a process may come. */
  private openAndClose(): void {
    if (this.stopping !== undefined) return
    for (const [name, { dispatcher }] of this.teams) {
      if (isHopeless(this.state, name)) dispatcher.close(() => this.refusal(name))
      else dispatcher.open()
    }
  }

  private carryOut(action: Action): void {
    const { key } = action
    const slot = this.slots.get(key) as Slot
    const { clock } = this.ports
    const { name: engine } = slot.plan
    const isPatient = slot.isRecycling && this.stopping === undefined
    switch (action.type) {
      case 'spawn':
        this.spawn(key, slot)
        break
      case 'stop':
        slot.epoch?.stop(isPatient ? recycleGraceMs : slot.plan.graceMs)
        break
      case 'wait':
        slot.wait = clock.setTimer(() => this.act({ type: 'due', key }), action.delayMs)
        break
      case 'cancel-wait':
        clock.clearTimer(slot.wait)
        break
      case 'restarting':
        this.tell({ ...action, engine })
        break
      case 'quarantined':
        this.log.error(
          { engine, key, stderr: slot.last?.stderr },
          'The engine is quarantined; resume() starts it again',
        )
        this.tell({ ...action, engine })
        break
    }
  }

  private spawn(key: string, slot: Slot): void {
    const { plan } = slot
    slot.epochs += 1
    slot.isRecycling = false
    if (slot.last !== undefined) this.restarts.count(plan.name, slot.last.reason)
    const log = this.log.child({ engine: plan.name, ...(key !== plan.name && { key }) })
    slot.epoch = new Epoch(
      {
        key,
        engine: plan.name,
        number: slot.epochs,
        command: plan.command,
        client: { telemetry: this.telemetry, ...plan.client, log },
        startupMs: plan.startupMs,
        liveness: plan.liveness,
        memory: plan.memory,
        subscribe: plan.subscribe,
      },
      this.ports,
      this.listener,
    )
    this.tell({ type: 'starting', engine: plan.name, key, epoch: slot.epochs })
  }

  private readonly listener: EpochListener = {
    onClient: (epoch, client) => this.teamOf(epoch).engine.hear(epoch.settings.key, client),
    onReady: (epoch) => {
      const { key, engine, number } = epoch.settings
      const { clock } = this.ports
      // Before what follows from it: another engine may have waited for this one.
      this.tell({
        type: 'ready',
        engine,
        key,
        epoch: number,
        pid: epoch.client?.pid as number,
        startMs: Math.round(clock.now() - epoch.startedAt),
      })
      this.act({ type: 'ready', key })
      this.teamOf(epoch).dispatcher.add(epoch)
      this.teamOf(epoch).pool.began(epoch)
    },
    onFigures: () => this.tellState(),
    onDiagnosis: (epoch, diagnosis) => {
      const { key, engine, number } = epoch.settings
      if (diagnosis === 'busy') this.tell({ type: 'busy', engine, key, epoch: number })
      if (diagnosis === 'alive') {
        this.tell({ type: 'recovered', engine, key, epoch: number })
        this.teamOf(epoch).dispatcher.sendWaiting()
      }
      this.tellState()
    },
    onHeavy: ({ settings }) => this.recycle(settings.key, 'memory'),
    onEnded: (epoch, end) => {
      const { key, engine, number } = epoch.settings
      const { dispatcher, pool } = this.teamOf(epoch)
      dispatcher.remove(epoch)
      pool.ended(epoch)
      const slot = this.slots.get(key) as Slot
      slot.last = end
      const { reason, message, stderr, readyAt } = end
      const level = reason === 'stopped' ? 'info' : 'warn'
      this.log[level]({ engine, key, reason, pid: epoch.client?.pid }, message)
      this.tell({ type: 'ended', engine, key, epoch: number, reason, message, stderr })
      const exitCode = end.end.how === 'exited' ? end.end.exitCode : undefined
      const isTransient = end.end.how === 'not-started' && end.end.isTransient === true
      this.act({ type: 'ended', key, reason, exitCode, isTransient, readyAt })
    },
    onKept: ({ settings: { key, engine, number } }, file) => {
      this.log.info({ engine, key, file }, 'What is known of its end was written down')
      this.tell({ type: 'black-box', engine, key, epoch: number, file })
    },
  }

  private recycle(key: string, why: RecycleReason): void {
    const member = this.member(key)
    const slot = this.slots.get(key)
    if (member?.phase !== 'ready' || slot === undefined) return
    slot.isRecycling = true
    this.tell({ type: 'recycling', engine: member.engine, key, why })
    this.act({ type: 'recycle', key })
  }

  private refusal(name: string): RpcError {
    return refusalOf(this.state, name, (key) => this.slots.get(key)?.last)
  }

  private member(key: string): Member | undefined {
    return this.state.members.find((it) => it.key === key)
  }

  private team(name: string): Team {
    const team = this.teams.get(name)
    if (team !== undefined) return team
    const names = [...this.teams.keys()].join(', ')
    throw new TypeError(`There is no engine ${name}; there are: ${names}`)
  }

  private teamOf({ settings }: Epoch): Team {
    return this.teams.get(settings.engine) as Team
  }

  private tell(event: HostEvent): void {
    this.events.next(event)
  }

  private tellState(): void {
    this.states.next(this.status)
  }
}
