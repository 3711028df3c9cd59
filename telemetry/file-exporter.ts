/** Traces in a file: one line of OTLP/JSON for each batch, as a collector takes it and `sidestream trace show` reads it. */
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer'
import type { SpanExporter } from '@opentelemetry/sdk-trace'

/** Where lines go; a line is written when `write` returns, or counted as dropped. */
export interface TraceFile {
  /** Takes one line with its newline. Never throws. */
  write(line: string): void
  flush(): void
  readonly dropped: number
}

export const fileExporter = (file: TraceFile): SpanExporter => ({
  export(spans, done) {
    const before = file.dropped
    file.write(`${Buffer.from(JsonTraceSerializer.serializeRequest(spans) ?? []).toString()}\n`)
    const isWritten = file.dropped === before
    done(isWritten ? { code: 0 } : { code: 1, error: new Error('the file did not take them') })
  },
  forceFlush: async () => file.flush(),
  shutdown: async () => file.flush(),
})
