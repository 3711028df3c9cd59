/** How outcomes leave: through the reply pipeline, and what becomes of replies that a stage of it loses. */
import type { Call, Outcome, OutcomePipeline } from '../../pipelines/call.js'
import { Relay } from '../../pipelines/relay.js'
import { subscribePipeline } from '../../pipelines/stage.js'
import { internalError } from '../protocol/rpc-error.js'
import type { Parts } from './parts.js'
import { built } from './routing.js'

/**
 * @param broken - a pipeline that errors as soon as it is subscribed: the engine cannot serve
 * @returns what takes outcomes to the pipeline
 */
export const answer = (
  replies: OutcomePipeline,
  { runtime, outbox, outcomes$: sent$ }: Parts,
  broken: (error: unknown) => void,
): Relay<Outcome> => {
  const unsent = (calls: readonly Call[], err: unknown): void => {
    runtime.log.error({ err }, 'A reply stage failed; its calls are answered with InternalError')
    for (const call of calls) outbox.sendInstead(call, internalError(err))
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
