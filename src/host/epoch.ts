/** One life of an engine's process: started, watched, and ended for a reason. */
import { filter, take } from 'rxjs'
import type { HealthSnapshot } from '../engine/health.js'
import type { Child, ChildEnd, Command } from '../ports/child.js'
import type { Timer } from '../ports/clock.js'
import { isRpcError } from '../protocol/rpc-error.js'
import { BlackBox } from './black-box.js'
import { Client, type ClientOptions, type ClientState, type Lost } from './client.js'
import type { EndReason, EpochEnd } from './epoch-end.js'
import { Heartbeat } from './heartbeat.js'
import type { HostPorts } from './host-ports.js'
import { type Diagnosis, Liveness, type LivenessPolicy } from './liveness.js'
import { type MemoryLimits, MemoryWatch } from './memory-watch.js'

export interface EpochSettings {
  readonly key: string
  readonly engine: string
  readonly number: number
  readonly command: Command
  readonly client: ClientOptions
  /** From spawn to ready. */
  readonly startupMs: number
  readonly liveness: LivenessPolicy
  readonly memory: MemoryLimits
  /** What it is asked to tell, beside its state; see `engine.subscribe`. */
  readonly subscribe: object | undefined
}

export interface EpochListener {
  /** Its process has been started: what it sends can be listened to. */
  readonly onClient: (epoch: Epoch, client: Client) => void
  readonly onReady: (epoch: Epoch) => void
  /** It told how it is, or how much memory it uses has been looked at. */
  readonly onFigures: () => void
  /** Busy, or not any more. */
  readonly onDiagnosis: (epoch: Epoch, diagnosis: Diagnosis) => void
  /** It uses more memory than the soft limit; told once. */
  readonly onHeavy: (epoch: Epoch) => void
  readonly onEnded: (epoch: Epoch, end: EpochEnd) => void
  /** What is known of it has been written to a file. */
  readonly onKept: (epoch: Epoch, file: string) => void
}

/** From SIGTERM to SIGKILL, of an engine that does not answer. */
const termMs = 2000

export class Epoch {
  readonly settings: EpochSettings
  /** Undefined until the process has been started. */
  client: Client | undefined
  readyAt: number | undefined
  snapshot: HealthSnapshot | undefined
  /** Methods that it says may be called again. */
  readonly idempotent = new Set<string>()
  /** Requests that it has been sent. */
  calls = 0
  /** Resolves when what is known of its end has been written down. */
  kept: Promise<void> = Promise.resolve()
  /** Resolves when it has ended, and what follows from that has been decided. */
  readonly over: Promise<void>
  readonly startedAt: number
  private readonly ports: HostPorts
  private readonly listener: EpochListener
  private readonly box: BlackBox
  private readonly startedAtWall: number
  private heartbeat: Heartbeat | undefined
  private liveness: Liveness | undefined
  private cause: { readonly reason: EndReason; readonly message: string } | undefined
  private stack: readonly string[] | undefined
  private startTimer: Timer
  private memory: MemoryWatch | undefined
  private hasEnded = false
  /** As the engine told last. */
  private state: ClientState = 'starting'
  private wish: 'run' | 'stop' | 'kill' = 'run'
  private graceMs = 0
  private isOver: () => void = () => {}

  constructor(settings: EpochSettings, ports: HostPorts, listener: EpochListener) {
    this.settings = settings
    this.ports = ports
    this.listener = listener
    this.box = new BlackBox(ports.wallClock)
    this.startedAt = ports.clock.now()
    this.startedAtWall = ports.wallClock()
    const { startupMs } = settings
    this.over = new Promise((resolve) => {
      this.isOver = resolve
    })
    this.startTimer = ports.clock.setTimer(
      () => this.kill('start_timeout', `It was not ready within ${startupMs} ms`),
      startupMs,
    )
    void this.begin()
  }

  /** Takes calls: it is ready, and neither the host nor the engine itself ends it yet. */
  get isUsable(): boolean {
    const isUp = this.readyAt !== undefined && this.cause === undefined && !this.hasEnded
    return isUp && (this.state === 'ready' || this.state === 'degraded')
  }

  /** Why it ends or has ended, where the host knows more than its process told. */
  get why(): { readonly reason: EndReason; readonly message: string } | undefined {
    return this.cause
  }

  get rssBytes(): number | undefined {
    return this.memory?.rssBytes
  }

  get isBusy(): boolean {
    return this.liveness?.diagnosis === 'busy'
  }

  /** Ends it because the host wants that. Open calls may finish, for so long. */
  stop(graceMs: number): void {
    this.because('stopped', 'The host has stopped it')
    this.graceMs = graceMs
    if (this.wish === 'run') this.wish = 'stop'
    void this.client?.close(graceMs)
  }

  /** One that is being stopped has no more time than this. */
  hasten(graceMs: number): void {
    if (this.wish !== 'stop' || this.hasEnded) return
    const { clock } = this.ports
    const timer = clock.setTimer(
      () => this.terminate('stopped', 'The host has stopped it'),
      graceMs,
    )
    void this.over.then(() => clock.clearTimer(timer))
  }

  kill(reason: EndReason, message: string): void {
    this.because(reason, message)
    this.wish = 'kill'
    void this.client?.kill()
  }

  private async begin(): Promise<void> {
    const { ports, settings } = this
    const { command, client: options } = settings
    const cookie = ports.newId()
    const child = await ports.spawn({
      ...command,
      env: { ...command.env, SIDESTREAM_COOKIE: cookie },
    })
    const client = new Client(child, ports.clock, options)
    this.client = client
    this.watch(child, client)
    this.listener.onClient(this, client)
    if (child.pid !== undefined) this.memory = this.weigh(child.pid)
    const forget =
      child.pid === undefined
        ? () => {}
        : ports.note({ pid: child.pid, cookie, command: command.command })
    void client.ended.then((end) => {
      forget()
      this.end(end)
    })
    if (this.wish === 'kill') void client.kill()
    else if (this.wish === 'stop') void client.close(this.graceMs)
    else await this.greet(client)
  }

  /** Ready is not the process, nor its first answer, but what the engine says of itself. */
  private async greet(client: Client): Promise<void> {
    const { client: options, startupMs, subscribe } = this.settings
    try {
      if (options.handshake !== false) await client.handshake(startupMs)
      if (client.info !== undefined && subscribe !== undefined)
        await client.request('engine.subscribe', subscribe, { deadlineMs: startupMs })
    } catch (error) {
      if (isRpcError(error) && error.facts['protocolVersion'] !== undefined)
        this.kill('failed_to_start', error.message)
      else if (isRpcError(error) && error.kind !== 'EngineGone')
        this.kill('start_timeout', error.message)
      return // else it has ended, and that says more
    }
    client.state$
      .pipe(
        filter((state) => state === 'ready' || state === 'degraded'),
        take(1),
      )
      .subscribe(() => this.ready(client))
  }

  private ready(client: Client): void {
    const { ports, settings, listener } = this
    const { clock } = ports
    if (this.hasEnded || this.wish !== 'run') return
    clock.clearTimer(this.startTimer)
    this.readyAt = clock.now()
    for (const { name, idempotent } of client.info?.methods ?? [])
      if (idempotent === true) this.idempotent.add(name)
    this.box.add('event', 'ready')
    this.liveness = new Liveness({
      clock,
      policy: settings.liveness,
      heartbeat: this.heartbeat as Heartbeat,
      lastHeardAt: () => client.lastHeardAt,
      ping: (deadlineMs) => client.request('health.check', {}, { deadlineMs }),
      isStopped: () => client.pid !== undefined && ports.isStopped(client.pid),
      onSnapshot: (snapshot) => {
        this.snapshot = snapshot
        this.box.add('tick', JSON.stringify(snapshot))
        this.listener.onFigures()
      },
      onDiagnosis: (diagnosis) => this.diagnosed(diagnosis),
    })
    listener.onReady(this)
  }

  private watch(child: Child, client: Client): void {
    this.heartbeat = new Heartbeat(child.watchLine, this.ports.clock, () => this.liveness?.judge())
    client.onMessage = (direction, text) => this.box.add(direction, text)
    client.onLost = (why) => this.lost(why)
    client.state$.subscribe((state) => {
      this.state = state
      this.box.add('event', `state: ${state}`)
    })
  }

  private diagnosed(diagnosis: Diagnosis): void {
    this.box.add('event', diagnosis)
    this.listener.onDiagnosis(this, diagnosis)
    const { misses, blockedForMs } = this.settings.liveness
    switch (diagnosis) {
      case 'hang':
        void this.hang(blockedForMs)
        break
      case 'unresponsive':
        this.terminate(
          diagnosis,
          `Its process was stopped: it missed ${misses} pings, and its heartbeat`,
        )
        break
      case 'silent':
        this.terminate(diagnosis, `It answered no ping for ${blockedForMs} ms`)
        break
    }
  }

  /** It is asked where it is before it is killed. */
  private async hang(blockedForMs: number): Promise<void> {
    const report = await this.heartbeat?.report()
    this.stack = report?.stack
    const [top] = this.stack ?? []
    const where =
      top === undefined
        ? 'it runs no JavaScript, but native code, or waits for a lock'
        : `it is in ${top}`
    this.kill('hang', `Its event loop was blocked for more than ${blockedForMs} ms: ${where}`)
  }

  private lost(why: Lost): void {
    const messages: Readonly<Record<Lost, string>> = {
      stdout_eof: 'It closed its stdout and ran on',
      stdin_closed: 'It closed its stdin and ran on',
      unreadable: 'What it sent could not be read',
    }
    this.terminate(why, messages[why])
  }

  /** A process that was stopped hears of nothing before it goes on. */
  private terminate(reason: EndReason, message: string): void {
    const { clock } = this.ports
    if (this.hasEnded || this.wish === 'kill') return
    this.because(reason, message)
    this.client?.signal('SIGCONT')
    this.client?.signal('SIGTERM')
    const timer = clock.setTimer(() => this.kill(reason, message), termMs)
    void this.client?.ended.then(() => clock.clearTimer(timer))
  }

  private weigh(pid: number): MemoryWatch {
    return new MemoryWatch(pid, this.settings.memory, this.ports, {
      isUsable: () => this.isUsable,
      onHeavy: (used) => {
        this.box.add('event', `uses ${used} of memory`)
        this.listener.onHeavy(this)
      },
      onTooHeavy: (used) => this.kill('memory', `It used ${used} of memory`),
    })
  }

  /** The first cause counts. */
  private because(reason: EndReason, message: string): void {
    if (this.cause !== undefined || this.hasEnded) return
    this.cause = { reason, message }
    this.box.add('event', `${reason}: ${message}`)
  }

  private end(end: ChildEnd): void {
    const { clock } = this.ports
    this.hasEnded = true
    clock.clearTimer(this.startTimer)
    this.memory?.stop()
    this.liveness?.stop()
    const { reason, message } = this.cause ?? ownEnd(end)
    const ended: EpochEnd = {
      reason,
      message,
      end,
      stderr: this.client?.lastLines ?? [],
      readyAt: this.readyAt,
      stack: this.stack,
    }
    if (reason !== 'stopped') this.kept = this.record(ended)
    this.listener.onEnded(this, ended)
    this.isOver()
  }

  private async record(ended: EpochEnd): Promise<void> {
    const { key, engine, number, command } = this.settings
    const { wallClock, keep } = this.ports
    const file = await keep({
      version: 1,
      engine,
      key,
      epoch: number,
      pid: this.client?.pid,
      command: command.command,
      startedAt: new Date(this.startedAtWall).toISOString(),
      endedAt: new Date(wallClock()).toISOString(),
      reason: ended.reason,
      message: ended.message,
      end: ended.end,
      stack: ended.stack,
      entries: this.box.entries,
      stderr: this.client?.stderrTail ?? '',
    })
    if (file !== undefined) this.listener.onKept(this, file)
  }
}

const ownEnd = (end: ChildEnd): { readonly reason: EndReason; readonly message: string } => {
  switch (end.how) {
    case 'exited':
      return { reason: 'exit', message: `It ended with exit code ${end.exitCode}` }
    case 'killed':
      return { reason: 'signal', message: `It was killed by ${end.signal}` }
    case 'not-started':
      return { reason: 'failed_to_start', message: `It could not be started: ${end.reason}` }
  }
}
