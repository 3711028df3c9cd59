/** Where log records go. */
import {
  BatchLogRecordProcessor,
  LoggerProvider,
  type LogRecordProcessor,
  SimpleLogRecordProcessor,
} from '@opentelemetry/sdk-logs'
import { packageVersion } from '../src/version.js'
import { countedExporter, countedLogs, Tally } from './accounting.js'
import type { AskedTelemetry } from './asked.js'
import {
  batchingOf,
  failure,
  numberOf,
  type Outlet,
  type OutletSettings,
  outletsOf,
} from './outlets.js'
import type { Resource } from './resource.js'
import { stderrLogs } from './stderr-exporters.js'

const packages = {
  'http/protobuf': () => import('@opentelemetry/exporter-logs-otlp-proto'),
  'http/json': () => import('@opentelemetry/exporter-logs-otlp-http'),
  grpc: () => import('@opentelemetry/exporter-logs-otlp-grpc'),
}

export const logOutlets = (
  asked: AskedTelemetry['logs'],
  settings: OutletSettings,
): Promise<readonly Outlet<LogRecordProcessor>[]> => {
  const { diag, print } = settings
  return outletsOf<LogRecordProcessor>(
    'logs',
    asked,
    {
      otlp: async (protocol, destination) => {
        const batching = batchingOf('OTEL_BLRP', 1000, settings)
        const { OTLPLogExporter } = await packages[protocol]()
        const tally = new Tally(batching.maxQueueSize)
        const exporter = countedExporter(
          new OTLPLogExporter(),
          tally,
          (records) => records.length,
          failure(diag, 'Log records', destination),
        )
        const batches = new BatchLogRecordProcessor({ ...batching, exporter })
        return { part: countedLogs(batches, tally), tally }
      },
      console: () => ({
        part: new SimpleLogRecordProcessor({ exporter: stderrLogs(print) }),
        tally: new Tally(),
      }),
    },
    settings,
  )
}

/** For the lines of our log. NodeSDK keeps its provider for itself; this one shares its processors. */
export const lineLogger = (
  processors: LogRecordProcessor[],
  resource: Resource,
  settings: OutletSettings,
): ReturnType<LoggerProvider['getLogger']> => {
  const limit = (name: string, otherwise: number): number => {
    const ofAll = numberOf(`OTEL_ATTRIBUTE_${name}_LIMIT`, otherwise, settings)
    return numberOf(`OTEL_LOGRECORD_ATTRIBUTE_${name}_LIMIT`, ofAll, settings)
  }
  const logRecordLimits = {
    attributeCountLimit: limit('COUNT', 128),
    attributeValueLengthLimit: limit('VALUE_LENGTH', Number.POSITIVE_INFINITY),
  }
  const provider = new LoggerProvider({ resource, processors, logRecordLimits })
  return provider.getLogger('sidestream', packageVersion)
}
