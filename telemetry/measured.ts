/** Durations of any Observable's subscriptions, as a metric. */
import {
  type Attributes,
  type Histogram,
  type MeterProvider,
  metrics,
  ValueType,
} from '@opentelemetry/api'
import { defer, type MonoTypeOperatorFunction, tap } from 'rxjs'
import { isRpcError } from '../src/protocol/rpc-error.js'
import { packageVersion } from '../src/version.js'
import { boundedNames } from './bounded-names.js'
import { attribute, longCallBounds, metric, other } from './names.js'

/** Of the whole process, as all operations share one metric. */
const boundedOperation = boundedNames<string>(64)
const boundedError = boundedNames<string>(64)

/** The metrics API has no proxies: an instrument that was made before the SDK started would count nothing for ever. */
let latest: { readonly provider: MeterProvider; readonly histogram: Histogram } | undefined

const currentHistogram = (): Histogram => {
  const provider = metrics.getMeterProvider()
  if (latest?.provider !== provider) {
    const meter = provider.getMeter('sidestream', packageVersion)
    const histogram = meter.createHistogram(metric.operationDuration, {
      unit: 's',
      valueType: ValueType.DOUBLE,
      description: 'Time from the subscription of an operation to its end.',
      advice: { explicitBucketBoundaries: [...longCallBounds] },
    })
    latest = { provider, histogram }
  }
  return latest.histogram
}

/** Never a message: those are endless. */
const errorType = (error: unknown): string => {
  if (isRpcError(error)) return boundedError(error.kind)
  return error instanceof Error ? boundedError(error.name) : other
}

/**
 * Records how long each subscription took, and how it ended, as `sidestream.operation.duration`. Values, errors and
 * completion pass unchanged. `error.type` is the kind or class of an error, and `cancelled` for an unsubscribe before
 * the end.
 *
 * @param name - of the operation, the same each time: only the first 64 of a process are told apart
 */
export const measured = <T>(name: string): MonoTypeOperatorFunction<T> => {
  const operation = { [attribute.operation]: boundedOperation(name) }
  return (source) =>
    defer(() => {
      const startedAt = performance.now()
      const record = (failure?: Attributes): void => {
        const seconds = (performance.now() - startedAt) / 1000
        currentHistogram().record(seconds, { ...operation, ...failure })
      }
      return source.pipe(
        tap({
          complete: record,
          error: (error: unknown) => record({ [attribute.errorType]: errorType(error) }),
          unsubscribe: () => record({ [attribute.errorType]: 'cancelled' }),
        }),
      )
    })
}
