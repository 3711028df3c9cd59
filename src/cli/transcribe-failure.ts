/** Why a file has no transcript, in words, and what helps. */
import { isAnswer } from '../engine/peer.js'
import type { RpcError } from '../protocol/rpc-error.js'
import type { Failure } from './transcribe-events.js'

export const failureOf = (error: RpcError, engine: string): Failure => {
  const hint = hintFor(error, engine)
  return { kind: error.kind, message: error.message, ...(hint !== undefined && { hint }) }
}

const hintFor = (error: RpcError, engine: string): string | undefined => {
  const { kind, facts, message } = error
  const { hint } = facts
  if (typeof hint === 'string' && !message.includes(hint)) return hint
  switch (kind) {
    case 'ModelNotFound':
      return 'To see what there is: sidestream engines list'
    case 'DeadlineExceeded':
      return 'Give it more time with --timeout.'
    case 'OutOfMemory':
      return 'Take a smaller model by --model, or fewer files at once by --jobs.'
    case 'MethodNotFound':
      return noSpeechEngine(engine)
    case 'InvalidParams': // without problems, it has understood what it was asked
      return facts['problems'] === undefined ? undefined : noSpeechEngine(engine)
    case 'EngineGone':
      if (isAnswer(error))
        return 'A process below the engine has ended: more is told with --verbose.'
      return 'All that is known of its end: sidestream explain'
    case 'InternalError':
      return 'A defect in the engine: its log tells more, with --verbose all of it.'
    default:
      return undefined
  }
}

const noSpeechEngine = (engine: string): string =>
  `It may be no engine for speech. To see what it takes: sidestream describe ${engine}`

/** The disk has no room, so that no other file can be written either. */
export const isDiskFull = ({ code }: NodeJS.ErrnoException): boolean =>
  code === 'ENOSPC' || code === 'EDQUOT'

export const outputFailure = (name: string, error: NodeJS.ErrnoException): Failure => ({
  kind: 'OutputFailed',
  message: isDiskFull(error)
    ? `${name} could not be written: the disk is full`
    : `${name} could not be written: ${error.message}`,
  ...(isDiskFull(error) && { hint: 'Make room and run the same again: what is done stays done.' }),
})
