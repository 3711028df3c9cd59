/** Tells of itself by all signals and ends, as an engine does; what it logs and prints goes to stderr. */
import { createRequire } from 'node:module'
import { type Logger, logLevels } from '../../../src/ports/logger.js'
import { askedTelemetry } from '../../../telemetry/asked.js'
import { startSdk } from '../../../telemetry/sdk.js'

const write = (line: string) => process.stderr.write(`${line}\n`)
const logger = {
  ...Object.fromEntries(
    logLevels.map((level) => [
      level,
      (_: unknown, message: string) => write(`${level} ${message}`),
    ]),
  ),
  child: () => logger,
  setLevel: () => {},
} as unknown as Logger

const asked = askedTelemetry(process.env, false)
if (asked === undefined) {
  const loaded = Object.keys(createRequire(import.meta.url).cache)
  const found = loaded.filter((file) => file.includes('@opentelemetry'))
  write(`modules of OpenTelemetry: ${found.length}`)
} else {
  const sdk = await startSdk({
    asked,
    service: { name: 'telling', version: '1' },
    ignoreRemoteUnsampled: false,
    metricProducers: () => [],
    logger,
    print: write,
  })
  const { metrics, trace } = await import('@opentelemetry/api')
  trace.getTracer('test').startSpan('told').end()
  metrics.getMeter('test').createCounter('told').add(1)
  sdk.log?.('{"level":30,"msg":"told"}')
  await sdk.close(500)
  process.exit()
}
