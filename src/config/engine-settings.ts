/** A config as an engine takes it. */
import type { RuntimeConfig } from '../models/runtime-config.js'
import type { CallLimits, EngineSettings, MethodSettings } from '../ports/config.js'
import type { StageTelling } from '../ports/telemetry.js'

export const engineSettings = (
  { limits, drain, errors, deadline, methods, engines, log, telemetry }: RuntimeConfig,
  engineName: string,
): EngineSettings => {
  const { maxInFlight: _, maxQueued: __, ...bounds } = limits
  const limit = callLimits(limits)
  const own = (engines as Readonly<Record<string, unknown>>)[engineName]
  return {
    own,
    limits: bounds,
    drainMs: drain,
    expose: errors.expose,
    ...(deadline !== undefined && { deadline }),
    ...(limit !== undefined && { limit }),
    methods: Object.fromEntries(
      Object.entries(methods).map(([name, it]) => [name, methodSettings(it)]),
    ),
    callShare: log.calls,
    stages: telemetry.stages as StageTelling,
  }
}

type OfCalls = Pick<RuntimeConfig['limits'], 'maxInFlight' | 'maxQueued'>

const callLimits = ({ maxInFlight, maxQueued }: OfCalls): CallLimits | undefined =>
  maxInFlight === undefined && maxQueued === undefined
    ? undefined
    : {
        ...(maxInFlight !== undefined && { concurrency: maxInFlight }),
        ...(maxQueued !== undefined && { queue: maxQueued }),
      }

const methodSettings = ({
  deadline,
  limits,
  stages,
}: RuntimeConfig['methods'][string]): MethodSettings => {
  const limit = callLimits(limits)
  return {
    ...(deadline !== undefined && { deadline }),
    ...(limit !== undefined && { limit }),
    ...(stages !== undefined && { stages }),
  }
}
