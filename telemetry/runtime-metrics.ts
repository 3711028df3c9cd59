/** What Node tells of its event loop and V8's memory and garbage collection, by OpenTelemetry's own instrumentation. */
import type { MeterProvider } from '@opentelemetry/api'

/** As the health snapshot samples it. Each sample wakes the process, so less often than the default of 10 ms. */
const monitoringPrecision = 20

/**
 * Loads the instrumentation, which watches from then on.
 *
 * @returns ends it
 */
export const observeRuntime = async (provider: MeterProvider): Promise<() => void> => {
  const { RuntimeNodeInstrumentation } = await import('@opentelemetry/instrumentation-runtime-node')
  const instrumentation = new RuntimeNodeInstrumentation({ monitoringPrecision })
  instrumentation.setMeterProvider(provider)
  return () => instrumentation.disable()
}
