/** Runs the SDK in a test's process, as if it were one of its own: the environment and what is registered are put back. */
import { context, diag, metrics, propagation, trace } from '@opentelemetry/api'
import { askedTelemetry, type Environment } from '../../telemetry/asked.js'
import { type Sdk, type SdkSettings, startSdk } from '../../telemetry/sdk.js'
import { type Told, toldLogger } from './told-logger.js'

export interface SdkRun {
  readonly sdk: Sdk
  readonly told: Told[]
  readonly printed: string[]
}

const registry = Symbol.for('opentelemetry.js.api.1')
const globals = globalThis as Record<symbol, unknown>

/** Work on nothing that others have registered, and leaves nothing behind. */
export const unregistered = async (work: () => Promise<void>): Promise<void> => {
  const before = globals[registry]
  delete globals[registry]
  trace.disable() // makes a new proxy, so that the one before keeps its provider
  try {
    await work()
  } finally {
    for (const part of [trace, metrics, propagation, context, diag]) part.disable()
    delete globals[registry]
    if (before !== undefined) globals[registry] = before
  }
}

export const withEnvironment = async (
  env: Environment,
  work: () => Promise<void>,
): Promise<void> => {
  const before = { ...process.env }
  for (const name of Object.keys(before)) if (name.startsWith('OTEL_')) delete process.env[name]
  Object.assign(process.env, env)
  try {
    await work()
  } finally {
    for (const name of Object.keys(env)) delete process.env[name]
    Object.assign(process.env, before)
  }
}

/** Started from the environment of this process, where the settings do not say otherwise. */
export const startDemo = async (settings: Partial<SdkSettings> = {}): Promise<SdkRun> => {
  const { logger, told } = toldLogger()
  const printed: string[] = []
  const none = { traces: [], metrics: [], logs: [] }
  const sdk = await startSdk({
    asked: askedTelemetry(process.env, settings.traceFile !== undefined) ?? none,
    service: { name: 'demo', version: '1.2.3' },
    ignoreRemoteUnsampled: false,
    metricProducers: () => [],
    logger,
    print: (line) => printed.push(line),
    ...settings,
  })
  return { sdk, told, printed }
}

/** @param work - is to close the SDK, if there is something to wait for */
export const withSdk = (
  env: Environment,
  work: (run: SdkRun) => Promise<void>,
  settings: Partial<SdkSettings> = {},
): Promise<void> =>
  withEnvironment(env, () =>
    unregistered(async () => {
      const run = await startDemo(settings)
      try {
        await work(run)
      } finally {
        await run.sdk.close(0)
      }
    }),
  )
