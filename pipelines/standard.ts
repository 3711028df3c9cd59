/** The pipelines of an engine that brings none of its own. */
import { type MonoTypeOperatorFunction, pipe } from 'rxjs'
import type { MethodSettings } from '../src/ports/config.js'
import type { Duration } from '../src/protocol/duration.js'
import { admit } from './admit.js'
import type { Call, Outcome } from './call.js'
import { deadline } from './deadline.js'
import { dispatch } from './dispatch.js'
import { type LimitSettings, limit } from './limit.js'
import { type ErrorSettings, mapErrors } from './map-errors.js'
import { pipeline } from './stage.js'
import { validateParams } from './validate-params.js'
import { validateResult } from './validate-result.js'

export interface Settings {
  /** The engine's own section. */
  readonly config?: unknown
  /** Longest time from receipt to reply for methods that set none. Default: their callers decide. */
  readonly deadline?: Duration
  readonly limit?: LimitSettings
  readonly errors?: ErrorSettings
  /** What a config sets of methods, or of groups as `models.*`. */
  readonly methods?: Readonly<Record<string, MethodSettings>>
}

/** What every call passes before and in its handler. A stage forwards a call, holds it, or settles it. */
export const standardCalls = (settings: Settings): MonoTypeOperatorFunction<Call> =>
  callsThrough(settings, [limit(settings.limit)])

/** The same, with these stages between the check of params and the handler. */
export const callsThrough = (
  settings: Settings,
  stages: readonly MonoTypeOperatorFunction<Call>[],
): MonoTypeOperatorFunction<Call> =>
  pipeline(
    deadline(settings.deadline), // first, so that calls which wait for the engine's start have theirs
    admit(),
    validateParams(),
    ...stages,
    dispatch(),
  )

/** What every outcome passes on its way to the wire. */
export const standardReplies = (settings: Settings): MonoTypeOperatorFunction<Outcome> =>
  pipe(validateResult(), mapErrors(settings.errors))
