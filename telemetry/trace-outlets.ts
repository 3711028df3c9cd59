/** Where finished spans go. */
import {
  BatchSpanProcessor,
  SimpleSpanProcessor,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace'
import { countedExporter, countedSpans, Tally } from './accounting.js'
import type { AskedTelemetry } from './asked.js'
import { fileExporter, type TraceFile } from './file-exporter.js'
import {
  type Batching,
  batchingOf,
  failure,
  type Outlet,
  type OutletSettings,
  outletsOf,
} from './outlets.js'
import { stderrSpans } from './stderr-exporters.js'

const packages = {
  'http/protobuf': () => import('@opentelemetry/exporter-trace-otlp-proto'),
  'http/json': () => import('@opentelemetry/exporter-trace-otlp-http'),
  grpc: () => import('@opentelemetry/exporter-trace-otlp-grpc'),
}

/** Spans wait so long for their file: what a process does that is killed is lost. */
const fileDelayMs = 200
/** And no more of them than this, as each holds up the calls for some 25 µs while it is printed. */
const fileBatch = 64

export const traceOutlets = async (
  asked: AskedTelemetry['traces'],
  file: TraceFile | undefined,
  settings: OutletSettings,
): Promise<readonly Outlet<SpanProcessor>[]> => {
  const { diag, print } = settings
  const batched = (exporter: SpanExporter, name: string, batching: Batching) => {
    const tally = new Tally(batching.maxQueueSize)
    const fail = failure(diag, 'Spans', name)
    const counted = countedExporter(exporter, tally, (spans) => spans.length, fail)
    const batches = new BatchSpanProcessor({ ...batching, exporter: counted })
    return { part: countedSpans(batches, tally), tally }
  }
  const outlets = await outletsOf<SpanProcessor>(
    'traces',
    asked,
    {
      otlp: async (protocol, destination) => {
        const batching = batchingOf('OTEL_BSP', 5000, settings)
        const { OTLPTraceExporter } = await packages[protocol]()
        const { concurrencyLimit } = batching
        return batched(new OTLPTraceExporter({ concurrencyLimit }), destination, batching)
      },
      console: () => ({
        part: new SimpleSpanProcessor({ exporter: stderrSpans(print) }),
        tally: new Tally(),
      }),
    },
    settings,
  )
  if (file === undefined) return outlets
  const usual = batchingOf('OTEL_BSP', fileDelayMs, { env: {}, diag }) // what is set is for the network
  const batching = { ...usual, maxExportBatchSize: fileBatch }
  return [...outlets, batched(fileExporter(file), 'the trace file', batching)]
}
