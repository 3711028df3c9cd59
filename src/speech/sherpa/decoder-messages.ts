/** What goes between the engine and the process that decodes. */
import type { VadDetectRequest } from '../../models/vad.js'
import type { Job } from '../backend.js'
import type { LoadRequest } from './recognizer.js'

export type Task =
  | { readonly method: 'load'; readonly params: LoadRequest }
  | { readonly method: 'transcribe'; readonly params: Job }
  | { readonly method: 'detectLanguage'; readonly params: Pick<Job, 'model'> }
  | { readonly method: 'detectSpeech'; readonly params: VadDetectRequest }

/** A task is ordered when the one before was answered; a cancel means the one that runs. */
export type Order = { readonly kind: 'run'; readonly task: Task } | { readonly kind: 'cancel' }

interface PlainError {
  readonly kind: string
  readonly message: string
  readonly facts: Readonly<Record<string, unknown>>
}

/** `marks`: how many lines of these stand on stderr before it. */
export type Answer =
  | { readonly kind: 'progress'; readonly value: object }
  | { readonly kind: 'result'; readonly marks: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly marks: number; readonly error: PlainError }

/** A line on stderr between what belongs to one native call and to the next. */
export const markLine = '\u001e'
