/** What happens while files are transcribed, for whoever shows it. */
import type { Segment } from '../models/segment.js'
import type { TranscribeWarning } from '../models/transcribe-result.js'
import type { HostRecord } from './host-log.js'

/** Why there is no transcript of a file. */
export interface Failure {
  /** A kind of error, or `OutputExists`, `OutputFailed`. */
  readonly kind: string
  readonly message: string
  /** What helps. */
  readonly hint?: string
}

/** `file` is what was typed; times of audio are in seconds. */
export type TranscribeEvent =
  | { readonly type: 'starting'; readonly engine: string }
  | { readonly type: 'engine'; readonly engine: string; readonly model: string }
  | { readonly type: 'skipped'; readonly file: string; readonly outputs: readonly string[] }
  | { readonly type: 'sent'; readonly file: string }
  | {
      readonly type: 'started'
      readonly file: string
      readonly duration?: number
      readonly language?: string
    }
  | {
      readonly type: 'progress'
      readonly file: string
      readonly processed: number
      readonly duration: number
      readonly ratio: number
    }
  | { readonly type: 'segment'; readonly file: string; readonly segment: Segment }
  /** It is begun once more, as its engine has gone. */
  | { readonly type: 'repeated'; readonly file: string; readonly why: string }
  | {
      readonly type: 'done'
      readonly file: string
      readonly outputs: readonly string[]
      readonly duration: number
      readonly language: string
      readonly segments: number
      /** From its start to its files, in milliseconds. */
      readonly tookMs: number
      /** Seconds of audio in one second. */
      readonly speed: number
      readonly warnings: readonly TranscribeWarning[]
      readonly emptyReason?: string
    }
  | ({ readonly type: 'failed'; readonly file: string } & Failure)
  /** No file can be transcribed. */
  | ({ readonly type: 'unable' } & Failure)
  | { readonly type: 'stopping'; readonly why: string }
  | {
      readonly type: 'end'
      readonly done: number
      readonly skipped: number
      readonly failed: number
      /** Neither: the run was stopped before. */
      readonly left: number
    }

export interface TranscribeView {
  event(event: TranscribeEvent): void
  /** What the engines log. */
  record(record: HostRecord): void
  /** Nothing more comes. */
  end(): void
}
