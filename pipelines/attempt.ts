/** One run of a handler inside `perCall`. */

import { withAny } from '../src/ports/abort.js'
import type { TimedLogger } from '../src/ports/logger.js'
import type { TraceHeaders } from '../src/ports/telemetry.js'
import type { Meta } from '../src/protocol/meta.js'
import type { RequestId } from '../src/protocol/request-id.js'
import type { Call, Context } from './call.js'

/** Its call's context, but what ends the attempt ends what was begun in it: its signal aborts, its requests are cancelled. */
export class Attempt implements Context {
  private readonly call: Call
  private controller: AbortController | undefined = undefined
  private isOver = false

  constructor(call: Call) {
    this.call = call
  }

  /** The attempt was successful, failed, or nobody wants it any more. */
  end(): void {
    this.isOver = true
    this.controller?.abort()
  }

  get signal(): AbortSignal {
    this.controller ??= new AbortController()
    if (this.isOver) this.controller.abort()
    return this.controller.signal
  }

  get id(): RequestId | undefined {
    return this.call.id
  }

  get method(): string {
    return this.call.method
  }

  get receivedAt(): number {
    return this.call.receivedAt
  }

  get deadline(): number {
    return this.call.deadline
  }

  get timeLeftMs(): number {
    return this.call.timeLeftMs
  }

  get meta(): Meta {
    return this.call.meta
  }

  get trace(): TraceHeaders {
    return this.call.trace
  }

  get log(): TimedLogger {
    return this.call.log
  }

  get config(): unknown {
    return this.call.config
  }

  get progress(): Context['progress'] {
    return (value) => {
      if (!this.isOver) this.call.progress(value)
    }
  }

  get request(): Context['request'] {
    return (method, params, options = {}) => {
      const { signal } = options
      const signals = signal === undefined ? [this.signal] : [this.signal, signal]
      return withAny(signals, (either) =>
        this.call.request(method, params, { ...options, signal: either }),
      )
    }
  }
}
