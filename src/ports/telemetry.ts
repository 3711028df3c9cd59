/** What the pipelines tell of calls. The OpenTelemetry implementation comes from `sidestream/telemetry`. */

/** One call being watched. */
export interface CallTrace {
  /** The call has been answered. `code` is the JSON-RPC error code, undefined for success. */
  end(code: number | undefined): void
}

/** What a trace needs to know of a call when it arrives. */
export interface TracedCall {
  readonly method: string
  readonly traceparent: string | undefined
}

export interface Telemetry {
  /** Starts to trace a call; undefined when this call is not sampled. */
  readonly trace: ((call: TracedCall) => CallTrace | undefined) | undefined
  /** Counts one answered call and how long it took, in milliseconds. */
  readonly measure:
    | ((method: string, code: number | undefined, durationMs: number) => void)
    | undefined
}

/** Nothing is traced or measured, and nothing is paid for it. */
export const noTelemetry: Telemetry = { trace: undefined, measure: undefined }
