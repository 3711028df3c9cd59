/** What an engine is doing, as `engine.status` answers. */
import type * as t from 'io-ts'
import { list, milliseconds, oneOf, text, whole } from './members.js'
import { openObject } from './objects.js'

export const EngineState = oneOf(
  ['starting', 'ready', 'degraded', 'draining', 'stopped', 'failed'],
  'Where it is in its life.',
)
export type EngineState = t.TypeOf<typeof EngineState>

/** What status and health tell alike. */
export const load = {
  state: EngineState,
  uptimeMs: milliseconds('Since it was started'),
  inFlight: whole('Calls whose handlers run.'),
  queued: whole('Calls that wait.'),
}

const config = openObject('ConfigStatus', 'What became of changes of its config.', {
  applied: whole('Changes that are in force.'),
  unchanged: whole('Changes that came to nothing.'),
  rejected: whole('Changes that were refused; the config before stays in force.'),
  pending: list(text('A key.'), 'Keys of settings that wait for the next start.'),
})

export const EngineStatus = openObject(
  'EngineStatus',
  'What `engine.status` answers.',
  {
    ...load,
    bytesIn: whole('Input that was read, in bytes.'),
    bytesOut: whole('Output that was written, in bytes.'),
    waitingBytes: whole('Input that waits unread, in bytes.'),
    answered: whole('Calls that were answered, with a result or an error.'),
    failed: whole('Of these, calls that were answered with an error.'),
    refused: whole('Messages that were no valid requests.'),
    strayReplies: whole('Replies to requests that it has not sent.'),
    openRequests: whole('Requests of its own that are not answered yet.'),
    droppedNotifications: whole('Notifications that nobody read in time.'),
    epoch: whole('How often its pipelines have been built anew.'),
  },
  { config },
)
export type EngineStatus = t.TypeOf<typeof EngineStatus>
