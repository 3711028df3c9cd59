/** How outcomes leave: through the reply pipeline, and what becomes of replies that a stage of it loses. */
import type { Call, Outcome, OutcomePipeline } from '../../pipelines/call.js'
import { type ErrorSettings, toldDefect } from '../../pipelines/map-errors.js'
import { Relay } from '../../pipelines/relay.js'
import { subscribePipeline } from '../../pipelines/stage.js'
import { type Settings, standardReplies } from '../../pipelines/standard.js'
import type { Engine } from './define.js'
import type { Parts } from './parts.js'
import { built } from './routing.js'

/** Takes outcomes to the wire. */
export type Outcomes = Pick<Relay<Outcome>, 'next' | 'complete'>

/**
 * Control calls pass the standard stages, whatever those of the engine do: they skip every queue, on their way out too.
 *
 * @param broken - a pipeline that errors as soon as it is subscribed: the engine cannot serve
 */
export const answering = (
  own: Engine['replies'],
  settings: Settings,
  parts: Parts,
  broken: (error: unknown) => void,
): Outcomes => {
  const { errors } = settings
  const standard = open((it) => it.pipe(standardReplies(settings)), errors, parts, broken)
  if (own === undefined) return standard
  const others = open((it) => own(it, settings), errors, parts, broken)
  return {
    next: (outcome) => (outcome.call.spec?.isControl === true ? standard : others).next(outcome),
    complete: () => {
      standard.complete()
      others.complete()
    },
  }
}

const open = (
  replies: OutcomePipeline,
  errors: ErrorSettings | undefined,
  { runtime, outbox, outcomes$: sent$ }: Parts,
  broken: (error: unknown) => void,
): Relay<Outcome> => {
  const unsent = (calls: readonly Call[], err: unknown): void => {
    runtime.log.error({ err }, 'A reply stage failed; its calls are answered with InternalError')
    for (const call of calls) outbox.sendInstead(call, toldDefect(err, call, errors))
  }
  const outcomes$ = new Relay<Outcome>()
  outcomes$.unheard = ({ kind, call }) => {
    if (kind === 'reply') unsent([call], ended)
  }
  const send = (outcome: Outcome): void => {
    outbox.send(outcome)
    if (sent$.observed) sent$.next(outcome)
  }
  subscribePipeline(
    built('replies', () => replies(outcomes$)),
    runtime.intake,
    send,
    {
      broken,
      lost: (_, error) => {
        const kept = runtime.ledger.calls().filter(({ isSettled }) => isSettled)
        unsent(kept, error)
      },
    },
  )
  return outcomes$
}

const ended = new Error(
  'A stage has completed the stream of outcomes, so none gets through any more',
)
