/** One call from the host's side, with telemetry: its trace holds the start of the engine, too. */
import type { Passed } from './engine-command.js'
import { engineFile, isPython } from './engine-file.js'
import { givenBy } from './flags-of.js'
import { ownTraceFile } from './own-trace-file.js'
import { hostTelemetry } from './process-telemetry.js'
import { drawnTrace } from './trace-show.js'
import { type EngineUse, withEngine } from './with-engine.js'

/**
 * @param isDrawn - the trace is kept in a file, and shown on stderr when all is over
 * @returns the exit code
 */
export const watchedCall = async (
  engine: EngineUse,
  isDrawn: boolean,
  use: Parameters<typeof withEngine>[1],
): Promise<number> => {
  engineFile(engine.path) // says what is wrong before there is anything to watch
  if (isDrawn) Object.assign(process.env, wholeTraces)
  const chosen = isDrawn ? await chosenFile(engine.passed) : undefined
  const file = isDrawn ? (chosen ?? ownTraceFile()) : undefined
  const telemetry = await hostTelemetry(engine.show, file)
  const isOwn = file !== undefined && chosen === undefined && !isPython(engine.path)
  const passed = isOwn ? tracedTo(file, engine.passed) : engine.passed
  let traceId: string | undefined
  try {
    return await telemetry.spanned('sidestream call', (id) => {
      traceId = id
      return withEngine({ ...engine, passed, telemetry }, use)
    })
  } finally {
    await telemetry.close()
    if (file !== undefined) engine.show(await drawnOrWhy(file, traceId))
  }
}

/** Whoever asks for a trace wants all of it. */
const wholeTraces = {
  OTEL_TRACES_SAMPLER: 'parentbased_always_on',
  OTEL_PROPAGATORS: 'tracecontext,baggage',
}

/** The file that traces go to anyway. */
const chosenFile = async ({ config, set }: Passed): Promise<string | undefined> => {
  const { configFile, earlyConfig } = await import('./open-config.js')
  const given = givenBy({ ...(config !== undefined && { config }), ...(set && { set }) })
  return earlyConfig(configFile(given), given)?.telemetry.file.path
}

const drawnOrWhy = async (file: string, traceId: string | undefined): Promise<string> => {
  if (traceId === undefined) return 'sidestream: No trace was kept, as OTEL_SDK_DISABLED asks for'
  try {
    const text = await drawnTrace(file, traceId, process.stderr)
    if (text !== undefined) return `\n${text}`
  } catch {} // such as that there is none
  return `sidestream: The trace is not in ${file}, which could not be written`
}

const tracedTo = (file: string, passed: Passed): Passed => ({
  ...passed,
  set: [...(passed.set ?? []), `telemetry.file.path=${file}`],
})
