/** The ways out of a signal: an exporter each, with what hands things to it and the account of what became of them. */
import type { DiagLogger } from '@opentelemetry/api'
import type { Tally } from './accounting.js'
import { type AskedTelemetry, type Environment, variable } from './asked.js'
import { failureText } from './diagnostics.js'
import type { Print } from './stderr-exporters.js'

export interface Outlet<Part> {
  /** What the SDK is given: a processor of spans or log records, a reader of metrics. */
  readonly part: Part
  readonly tally: Tally
}

export interface OutletSettings {
  readonly env: Environment
  readonly diag: DiagLogger
  readonly print: Print
}

/** By names of exporters. */
export interface OutletMakers<Part> {
  /** @param destination - as messages name it */
  otlp(protocol: Protocol, destination: string): Promise<Outlet<Part>>
  console(): Outlet<Part>
}

/** A name that is not known, or an exporter that cannot be made, is told and left out. */
export const outletsOf = async <Part>(
  signal: keyof AskedTelemetry,
  names: readonly string[],
  makers: OutletMakers<Part>,
  settings: OutletSettings,
): Promise<readonly Outlet<Part>[]> => {
  const { diag } = settings
  const variables = signal.toUpperCase() as Uppercase<typeof signal>
  const made: Readonly<Record<string, () => Promise<Outlet<Part>> | Outlet<Part>>> = {
    otlp: () => {
      const protocol = protocolOf(variables, settings)
      return makers.otlp(protocol, destinationOf(variables, protocol, settings))
    },
    console: () => makers.console(),
  }
  const outlets: Outlet<Part>[] = []
  for (const name of names) {
    const make = Object.hasOwn(made, name) ? made[name] : undefined
    if (make === undefined) {
      const fitting = [...Object.keys(made), 'none'].join(', ')
      diag.warn(`There is no exporter ${name} for ${signal}; there are ${fitting}`)
      continue
    }
    try {
      outlets.push(await make())
    } catch (error) {
      diag.error(`The exporter ${name} for ${signal} cannot be made: ${failureText(error)}`)
    }
  }
  return outlets
}

export const protocols = ['http/protobuf', 'http/json', 'grpc'] as const
export type Protocol = (typeof protocols)[number]

/** How a signal is sent. What is not known is told, and the usual one is used. */
const protocolOf = (
  signal: 'TRACES' | 'METRICS' | 'LOGS',
  { env, diag }: OutletSettings,
): Protocol => {
  const own = `OTEL_EXPORTER_OTLP_${signal}_PROTOCOL`
  const name = variable(env, own) === undefined ? 'OTEL_EXPORTER_OTLP_PROTOCOL' : own
  const asked = variable(env, name) ?? 'http/protobuf'
  const protocol = protocols.find((known) => known === asked)
  if (protocol === undefined)
    diag.warn(
      `${name} is ${asked}, which is none of ${protocols.join(', ')}; http/protobuf is used`,
    )
  return protocol ?? 'http/protobuf'
}

/**
 * Where a signal is sent, as its exporter reads it from the environment, and how.
 *
 * @throws Error for what is no address: the exporter would send to this machine instead
 */
export const destinationOf = (
  signal: 'TRACES' | 'METRICS' | 'LOGS',
  protocol: Protocol,
  { env }: OutletSettings,
): string => {
  const own = `OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`
  const name = variable(env, own) === undefined ? 'OTEL_EXPORTER_OTLP_ENDPOINT' : own
  const usual = `http://localhost:${protocol === 'grpc' ? 4317 : 4318}`
  const address = variable(env, name) ?? usual
  if (!/^https?:\/\/[^/]/.test(address) || !URL.canParse(address))
    throw new Error(`${name} is ${address}, which is no address: http://localhost:4318 is one`)
  return `otlp, ${protocol} to ${address}`
}

/** Longest time of a timer, in milliseconds: one that is longer ends at once. */
const longestMs = 2 ** 31 - 1

/** A whole number above 0, in whatever unit the variable has. */
export const numberOf = (
  name: string,
  otherwise: number,
  { env, diag }: Pick<OutletSettings, 'env' | 'diag'>,
): number => {
  const text = variable(env, name)
  if (text === undefined) return otherwise
  const number = Number(text)
  if (Number.isInteger(number) && number > 0 && number <= longestMs) return number
  const fitting = `whole number from 1 to ${longestMs}`
  diag.warn(`${name} is ${text}, which is no ${fitting}; ${otherwise} is used`)
  return otherwise
}

/** Told when an export has failed for good. */
export const failure =
  (diag: DiagLogger, items: string, exporter: string) =>
  (error: unknown): void =>
    diag.warn(`${items} were not delivered by ${exporter}: ${failureText(error)}`)

/** How items wait for their exporter: at most so many, for at most so long. */
export interface Batching {
  readonly maxQueueSize: number
  readonly maxExportBatchSize: number
  readonly scheduledDelayMillis: number
  readonly exportTimeoutMillis: number
  /** When all that wait is sent at once, which is at the end, OTLP's own limit of 30 would lose the rest. */
  readonly concurrencyLimit: number
}

/** @param prefix - of the variables: `OTEL_BSP` for spans, `OTEL_BLRP` for log records */
export const batchingOf = (
  prefix: 'OTEL_BSP' | 'OTEL_BLRP',
  delayMs: number,
  settings: Pick<OutletSettings, 'env' | 'diag'>,
): Batching => {
  const number = (name: string, otherwise: number) =>
    numberOf(`${prefix}_${name}`, otherwise, settings)
  const maxQueueSize = number('MAX_QUEUE_SIZE', 2048)
  const maxExportBatchSize = Math.min(number('MAX_EXPORT_BATCH_SIZE', 512), maxQueueSize)
  return {
    maxQueueSize,
    maxExportBatchSize,
    scheduledDelayMillis: number('SCHEDULE_DELAY', delayMs),
    exportTimeoutMillis: number('EXPORT_TIMEOUT', 30_000),
    concurrencyLimit: Math.max(30, Math.ceil(maxQueueSize / maxExportBatchSize) + 1),
  }
}
