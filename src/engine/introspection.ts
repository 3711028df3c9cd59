/** What an engine tells of itself. */
import { Observable } from 'rxjs'
import type { Timer } from '../ports/clock.js'
import { redacted } from '../ports/redacted.js'
import type { EngineFigures } from '../ports/telemetry.js'
import type { Transport } from '../ports/transport.js'
import type { Vitals } from '../ports/vitals.js'
import type { Limits } from '../protocol/limits.js'
import { packageVersion } from '../version.js'
import { builtinMethods } from './builtins.js'
import type { ConfigCounts } from './config-user.js'
import type { Engine } from './define.js'
import { checkRunner, type HealthSnapshot, overall, probes } from './health.js'
import type { Intake } from './intake.js'
import type { LifecycleEvent } from './lifecycle.js'
import type { MethodFacts, OpenRpcDocument } from './open-rpc.js'
import type { Outbox } from './outbox.js'
import type { Peer } from './peer.js'
import type { Reader } from './reader.js'
import type { EngineRuntime } from './runtime.js'
import { resolveMethods } from './specs.js'

/** Of the wire as DESIGN.md fixes it; raised when a peer of the old one would misunderstand. */
const protocolVersion = 1

interface Parts {
  readonly runtime: EngineRuntime
  readonly outbox: Outbox
  readonly reader: Reader
  readonly intake: Intake
  readonly peer: Peer
  readonly limits: Limits
  readonly vitals: Vitals
  readonly transport: Pick<Transport, 'bytesWritten'>
  readonly tell: (event: LifecycleEvent) => void
}

export class Introspection {
  private readonly definition: Engine
  private readonly parts: Parts
  private readonly startedAt: number
  private latestChecks: HealthSnapshot['checks'] = {}
  private readonly check: ReturnType<typeof checkRunner>
  /** How often the pipelines have been built anew. */
  epoch = 0
  readonly configCounts: ConfigCounts = { applied: 0, unchanged: 0, rejected: 0 }
  /** Settings that wait for the next start. */
  pending: readonly string[] = []

  constructor(definition: Engine, parts: Parts) {
    this.definition = definition
    this.parts = parts
    this.startedAt = parts.runtime.clock.now()
    this.check = checkRunner(definition.health ?? {}, parts.runtime.clock)
  }

  describe(): unknown {
    const { name, version, description, capabilities, notifications = {} } = this.definition
    return {
      protocolVersion,
      engine: { name, version, ...(description !== undefined && { description }) },
      runtime: { name: 'sidestream', version: packageVersion, node: process.version },
      limits: this.parts.limits,
      methods: resolveMethods(this.definition).map(({ name: method, definition }) => ({
        name: method,
        ...(definition.description !== undefined && { description: definition.description }),
        ...(definition.idempotent === true && { idempotent: true }),
      })),
      notifications: Object.keys(notifications),
      builtins: builtinMethods.map((builtin) => builtin.name),
      ...(capabilities !== undefined && { capabilities }),
    }
  }

  /** What health and status tell, and metrics are made of. */
  figures(): EngineFigures {
    const { runtime, outbox, reader, vitals, transport } = this.parts
    const { phase } = runtime
    return {
      state: phase,
      // To have stopped is no failure; that an engine has failed is one.
      status: overall(this.latestChecks, phase === 'stopped' ? 'draining' : phase),
      ...this.load(),
      bytesIn: runtime.bytesIn,
      bytesOut: transport.bytesWritten,
      strayBytes: vitals.strayBytes(),
      protocolErrors: reader.faults,
      droppedNotifications: outbox.counts.droppedNotifications,
      configReloads: this.configCounts,
      eventLoop: (reader) => vitals.eventLoop(reader),
      memory: () => vitals.memory(),
    }
  }

  status(): unknown {
    const { outbox, reader, intake, peer } = this.parts
    const { answered, failed } = outbox.counts
    const { state, inFlight, queued, bytesIn, bytesOut, droppedNotifications } = this.figures()
    return {
      state,
      uptimeMs: this.uptimeMs,
      inFlight,
      queued,
      bytesIn,
      bytesOut,
      waitingBytes: intake.waitingBytes,
      answered,
      failed,
      refused: reader.refused,
      strayReplies: peer.strayReplies,
      openRequests: peer.open,
      droppedNotifications,
      epoch: this.epoch,
      config: { ...this.configCounts, pending: this.pending },
    }
  }

  /** Runs the checks, so it is late by as much as they are. */
  async health(): Promise<HealthSnapshot> {
    const { runtime, tell } = this.parts
    const results = await this.check()
    const isWell = Object.values(results).every(({ status }) => status === 'ok')
    const checks = isWell ? results : redacted(results, runtime.log, results)
    const unwell = Object.keys(checks).filter((name) => checks[name]?.status !== 'ok')
    const reason = unwell.length === 0 ? 'checks passed' : `checks: ${unwell.join(', ')}`
    tell({ type: 'health-changed', isHealthy: unwell.length === 0, reason })
    this.latestChecks = checks
    const { inFlight, queued, strayBytes, eventLoop, memory } = this.figures()
    return {
      status: overall(checks, runtime.phase),
      state: runtime.phase,
      uptimeMs: this.uptimeMs,
      inFlight,
      queued,
      strayBytes,
      eventLoop: eventLoop('health'),
      memory: memory(),
      checks,
      slowest: Object.fromEntries(
        [...runtime.slowest].map(([method, { ms, ...trace }]) => [
          method,
          { ms: Math.round(ms), ...trace },
        ]),
      ),
      probes: probes(checks, runtime.phase, runtime.hasStarted),
    }
  }

  /** A snapshot now and then one each time so many milliseconds have passed, for as long as it is subscribed. */
  ticks(everyMs: number): Observable<HealthSnapshot> {
    const { clock } = this.parts.runtime
    return new Observable((subscriber) => {
      let timer: Timer
      const tick = async (): Promise<void> => {
        timer = clock.setTimer(tick, everyMs)
        subscriber.next(await this.health())
      }
      void tick()
      return () => clock.clearTimer(timer)
    })
  }

  async discover(): Promise<OpenRpcDocument> {
    const { openRpc } = await import('./open-rpc.js') // seldom asked for, and half as large as the engine
    const { name, version, description, notifications = {} } = this.definition
    const methods: MethodFacts[] = [
      ...resolveMethods(this.definition).map(({ name: method, definition }) => ({
        name: method,
        ...definition,
        errors: Object.entries(definition.errors ?? {}).map(
          ([kind, { code = -32000, message }]) => ({
            code,
            message,
            data: { kind },
          }),
        ),
      })),
      ...Object.entries(notifications).map(([method, definition]) => ({
        name: method,
        ...definition,
        errors: [],
        notification: true,
      })),
      ...builtinMethods.map((builtin) => ({ ...builtin, params: builtin.params() })),
    ]
    return openRpc({ name, version, ...(description !== undefined && { description }), methods })
  }

  private get uptimeMs(): number {
    return Math.round(this.parts.runtime.clock.now() - this.startedAt)
  }

  private load(): { inFlight: number; queued: number } {
    const calls = this.parts.runtime.ledger.calls()
    const open = calls.filter((call) => !call.isSettled && call.spec?.isControl !== true)
    const queued = open.filter((call) => !call.isStarted).length
    return { inFlight: open.length - queued, queued }
  }
}
