/** One call from the host's side, with telemetry: its trace holds the start of the engine, too. */
import type { Passed } from './engine-command.js'
import { engineFile } from './engine-file.js'
import { ownTraceFile } from './own-trace-file.js'
import { hostTelemetry } from './process-telemetry.js'
import { drawTrace } from './trace-show.js'
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
  const file = isDrawn ? ownTraceFile() : undefined
  const telemetry = await hostTelemetry(engine.show, file)
  const passed = file === undefined ? engine.passed : tracedTo(file, engine.passed)
  let traceId: string | undefined
  try {
    return await telemetry.spanned('sidestream call', (id) => {
      traceId = id
      return withEngine({ ...engine, passed, telemetry }, use)
    })
  } finally {
    await telemetry.close()
    if (file !== undefined && traceId !== undefined) await drawTrace(file, traceId, process.stderr)
    else if (isDrawn) engine.show(unkept)
  }
}

const unkept = 'sidestream: No trace was kept, as OTEL_SDK_DISABLED or OTEL_TRACES_SAMPLER asks for'

const tracedTo = (file: string, passed: Passed): Passed => ({
  ...passed,
  set: [...(passed.set ?? []), `telemetry.file.path=${file}`],
})
