/** All that stages need to know of a method, looked up once per call and built once per engine. */
import type { Either } from 'fp-ts/lib/Either.js'
import type { InvalidShape } from '../src/protocol/codec.js'
import type { Call, Context } from './call.js'
import type { LimitSettings } from './limit.js'

export interface DeclaredErrors {
  /** Code and default message by kind. */
  readonly [kind: string]: {
    readonly code?: number
    readonly message: string
    readonly retryable?: boolean
  }
}

export interface MethodSpec {
  readonly name: string
  readonly decodeParams: (params: unknown) => Either<InvalidShape, unknown>
  readonly encodeResult: (result: unknown) => Either<InvalidShape, unknown>
  /** Whether a value is a result as it stands, so that a returned Either need not be unwrapped. */
  readonly isResult: (value: unknown) => boolean
  readonly encodeProgress: (value: unknown) => Either<InvalidShape, unknown>
  /** What it sends ahead of its result is part of that, not just a word on how far it is. */
  readonly isPartial: boolean
  /** One of those that every engine has: its calls skip every queue. */
  readonly isControl: boolean
  readonly handler: (params: unknown, context: Context) => unknown
  /** Takes the call in the handler's place. */
  readonly stream: ((call: Call) => void) | undefined
  /** Longest time from receipt to reply, in milliseconds. */
  readonly deadlineMs: number | undefined
  readonly limit: LimitSettings | undefined
  readonly errors: DeclaredErrors
}
