/** What the runtime tells of its calls and of itself. The OpenTelemetry implementation comes from `sidestream/telemetry`. */
import type { Meta, TraceHeaders } from '../protocol/meta.js'
import type { RequestId } from '../protocol/request-id.js'
import type { LogFacts } from './logger.js'
import type { EventLoopVitals, VitalsReader } from './vitals.js'

export type { TraceHeaders } from '../protocol/meta.js'

/** A call that has come in. */
export interface ReceivedCall {
  readonly method: string
  /** What the registry has of the method; undefined where it does not exist. Metrics are told no other names. */
  readonly spec: { readonly name: string; readonly isControl: boolean } | undefined
  /** Undefined for a notification. */
  readonly id: RequestId | undefined
  readonly meta: Meta
  /** In milliseconds of the clock. */
  readonly receivedAt: number
}

/** A request that is being sent. */
export interface SentCall {
  readonly method: string
  /** One of those that every engine has: watched only where its caller gave it headers. */
  readonly isControl: boolean
  readonly id: RequestId
  /** Headers that its caller gave it; they come before what is active. */
  readonly headers: TraceHeaders
  /** The call on whose behalf it is sent. */
  readonly parent: CallTrace | undefined
  /** When it was asked for, where it had to wait; undefined for now. In milliseconds of the clock. */
  readonly askedAt: number | undefined
  /** What was sent of the same request before: this is another try. */
  readonly attempts: readonly CallTrace[]
}

/** How a call ended, as its caller is told. */
export interface CallError {
  readonly code: number
  readonly kind: string
  readonly message: string
}

/** What a call spent its time on, in milliseconds. */
export interface CallTimes {
  /** From receipt to the start of its handler, or to its end where that never started. */
  readonly queueMs: number
  /** Undefined where its handler never started. */
  readonly handlerMs: number | undefined
}

/** A stage as calls know it. Two stages of the same name are two marks. */
export interface StageMark {
  readonly name: string
  /** What stands before it ends here. */
  readonly isExit?: boolean
}

/** One call being watched, from its receipt to its answer, or from its sending to its reply. */
export interface CallTrace {
  readonly traceId: string | undefined
  /** By which what works for this call joins its trace. Empty when there is none. */
  readonly headers: TraceHeaders
  /** `trace_id`, `span_id` and `trace_flags` for its log records; undefined when there is none. */
  readonly facts: LogFacts | undefined
  /** Does some work as a part of this call: spans that it starts are children of this call's. */
  run<T>(work: () => T): T
  /** It has reached a stage, or left one that has an exit. */
  stage(mark: StageMark): void
  /** Others that it has to do with: what came in one batch with it, or was worked on together. */
  link(other: TraceHeaders): void
  /** Called once. */
  end(error: CallError | undefined, times?: CallTimes): void
}

/** What was active when it was captured. */
export interface TraceScope {
  readonly headers: TraceHeaders
  run<T>(work: () => T): T
}

/** Does some work in a trace or a scope, where there is one. */
export const within = <T>(scope: Pick<TraceScope, 'run'> | undefined, work: () => T): T =>
  scope === undefined ? work() : scope.run(work)

/** Figures of an engine. The health snapshot is made of the same. */
export interface EngineFigures {
  readonly state: string
  /** Of the latest health check. */
  readonly status: string
  readonly inFlight: number
  readonly queued: number
  readonly bytesIn: number
  readonly bytesOut: number
  readonly strayBytes: number
  /** Messages that could not be read as calls, by the kind of error; and headers of traces that are malformed. */
  readonly protocolErrors: ReadonlyMap<string, number>
  readonly droppedNotifications: number
  readonly configReloads: Readonly<Record<'applied' | 'unchanged' | 'rejected', number>>
  eventLoop(reader: VitalsReader): EventLoopVitals
  memory(): { readonly rssBytes: number; readonly heapUsedBytes: number }
}

/** Figures of one process that a host keeps running. */
export interface MemberFigures {
  readonly engine: string
  readonly key: string
  readonly state: string
  readonly inFlight: number
  readonly strayBytes: number
}

/** Figures of a host. */
export interface HostFigures {
  readonly members: readonly MemberFigures[]
  /** Starts after the first one, by engine and by why the process before had ended. */
  readonly restarts: readonly {
    readonly engine: string
    readonly reason: string
    readonly count: number
  }[]
}

export interface Telemetry {
  /** Undefined where no calls are watched: they then cost nothing. */
  readonly received: ((call: ReceivedCall) => CallTrace) | undefined
  readonly sent: ((call: SentCall) => CallTrace) | undefined
  /** The start of the process, until it is ready or could not start. */
  readonly startUp: (() => CallTrace | undefined) | undefined
  /** Keeps what is active for later, as a request may wait before it is sent. */
  readonly scope: (() => TraceScope) | undefined
  /** Gives figures to be read when metrics are exported, also for the last time when the engine has stopped. */
  readonly watchEngine: ((read: () => EngineFigures) => void) | undefined
  /** The same, until the returned function is called. */
  readonly watchHost: ((read: () => HostFigures) => () => void) | undefined
  /** Changes which traces are kept from now on. @throws RpcError, InvalidParams */
  readonly setSampling: ((sampling: Sampling) => Sampling) | undefined
  /** How stages are told of, may be changed at any time. */
  readonly setStages: ((stages: StageTelling) => void) | undefined
}

export type StageTelling = 'off' | 'events' | 'spans'

/** A sampler of OpenTelemetry by its name in `OTEL_TRACES_SAMPLER`. */
export interface Sampling {
  readonly sampler: SamplerName
  /** Share of traces that are kept, 0 to 1, of samplers that have one. */
  readonly ratio?: number
}

export const samplerNames = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const
export type SamplerName = (typeof samplerNames)[number]

/** Nothing is watched, and nothing is paid for it. */
export const noTelemetry: Telemetry = {
  received: undefined,
  sent: undefined,
  startUp: undefined,
  scope: undefined,
  watchEngine: undefined,
  watchHost: undefined,
  setSampling: undefined,
  setStages: undefined,
}
