/** The pipelines of an engine that brings none of its own. */
import { type MonoTypeOperatorFunction, pipe } from 'rxjs'
import type { Telemetry } from '../src/ports/telemetry.js'
import type { Duration } from '../src/protocol/duration.js'
import { admit } from './admit.js'
import type { Call, Outcome } from './call.js'
import { deadline } from './deadline.js'
import { dispatch } from './dispatch.js'
import { type LimitSettings, limit } from './limit.js'
import { type ErrorSettings, mapErrors } from './map-errors.js'
import { pipeline } from './stage.js'
import { measured, traced } from './telemetry-stages.js'
import { validateParams } from './validate-params.js'
import { validateResult } from './validate-result.js'

export interface Settings {
  readonly telemetry: Telemetry
  /** Longest time from receipt to reply for methods that set none. Default: their callers decide. */
  readonly deadline?: Duration
  readonly limit?: LimitSettings
  readonly errors?: ErrorSettings
}

/** What every call passes before and in its handler. A stage forwards a call, holds it, or settles it. */
export const standardCalls = (settings: Settings): MonoTypeOperatorFunction<Call> =>
  pipeline(
    traced(settings.telemetry),
    deadline(settings.deadline), // first, so that calls which wait for the engine's start have theirs
    admit(),
    validateParams(),
    limit(settings.limit),
    dispatch(),
  )

/** What every outcome passes on its way to the wire. */
export const standardReplies = (settings: Settings): MonoTypeOperatorFunction<Outcome> =>
  pipe(validateResult(), mapErrors(settings.errors), measured(settings.telemetry))
