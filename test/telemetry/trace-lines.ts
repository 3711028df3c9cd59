/** Lines of OTLP/JSON for tests, as `JsonTraceSerializer` writes them. */

export interface TestSpan {
  readonly trace?: string
  readonly id: string
  readonly parent?: string
  readonly name?: string
  readonly kind?: number
  /** In milliseconds since the second that all tests begin at. */
  readonly start?: number
  readonly end?: number
  readonly attributes?: Readonly<Record<string, unknown>>
  readonly events?: readonly {
    readonly name: string
    readonly at: number
    readonly stage?: string
  }[]
  readonly links?: readonly { readonly trace?: string; readonly id: string }[]
  /** Message of a failed one. */
  readonly error?: string
}

const epochNs = BigInt(Date.UTC(2026, 10, 27, 15, 4, 5)) * 1_000_000n
export const nanos = (ms: number): string => `${epochNs + BigInt(Math.round(ms * 1e6))}`
/** Short names become ids of the right length. */
export const traceIdOf = (name: string): string => Buffer.from(name).toString('hex').padEnd(32, '0')
export const spanIdOf = (name: string): string => Buffer.from(name).toString('hex').padEnd(16, '0')

const anyValue = (value: unknown): object => {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  return Number.isInteger(value) ? { intValue: value } : { doubleValue: value }
}
const attributesOf = (attributes: Readonly<Record<string, unknown>> = {}): object[] =>
  Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }))

const otlpSpan = (span: TestSpan): object => ({
  traceId: traceIdOf(span.trace ?? 'a'),
  spanId: spanIdOf(span.id),
  ...(span.parent === undefined ? {} : { parentSpanId: spanIdOf(span.parent) }),
  name: span.name ?? span.id,
  kind: span.kind ?? 1,
  startTimeUnixNano: nanos(span.start ?? 0),
  endTimeUnixNano: nanos(span.end ?? 100),
  attributes: attributesOf(span.attributes),
  droppedAttributesCount: 0,
  events: (span.events ?? []).map(({ name, at, stage }) => ({
    attributes: attributesOf(stage === undefined ? {} : { 'sidestream.stage': stage }),
    name,
    timeUnixNano: nanos(at),
    droppedAttributesCount: 0,
  })),
  droppedEventsCount: 0,
  status: span.error === undefined ? { code: 0 } : { code: 2, message: span.error },
  links: (span.links ?? []).map(({ trace, id }) => ({
    attributes: [],
    spanId: spanIdOf(id),
    traceId: traceIdOf(trace ?? span.trace ?? 'a'),
    droppedAttributesCount: 0,
  })),
  droppedLinksCount: 0,
})

/** One line, without its end. */
export const traceLine = (service: string, ...spans: readonly TestSpan[]): string =>
  JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: attributesOf({ 'service.name': service }) },
        scopeSpans: [{ scope: { name: 'sidestream' }, spans: spans.map(otlpSpan) }],
      },
    ],
  })
