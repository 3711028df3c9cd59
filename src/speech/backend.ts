/** What does the work of a speech engine. The engine around it has the methods, the queue, the guards and the formats. */
import type { Observable } from 'rxjs'
import type { Context } from '../../pipelines/call.js'
import type { AudioInput, Clip, Span } from '../models/audio.js'
import type { SpeechCapabilities } from '../models/engine-info.js'
import type { ModelInfo } from '../models/model-info.js'
import type { Segment } from '../models/segment.js'
import type { TranscribeRequest } from '../models/transcribe-request.js'
import type {
  DetectLanguageResult,
  TranscribeResult,
  TranscribeWarning,
} from '../models/transcribe-result.js'
import type { VadDetectRequest, VadDetectResult } from '../models/vad.js'
import type { TimedLogger } from '../ports/logger.js'

/** A model that is on this machine. */
export type FoundModel = Omit<ModelInfo, 'state' | 'keepAliveMs'> & {
  /** Its folder. */
  readonly path: string
  readonly licence?: string
}

export interface LoadOptions {
  /** Default: the best that there is. */
  readonly device?: string
  /** Default: that of the device. */
  readonly computeType?: string
  readonly cpuThreads?: number
}

/** A model in memory. */
export interface Loaded {
  readonly device: string
  readonly computeType: string
  /** Of the process that holds it. */
  readonly rssBytes: number
}

/** Of a request, what is for who decodes. */
export type Job = Omit<TranscribeRequest, 'emit' | 'guards' | 'outputs' | 'shaping'>

/** Without its number: the engine counts those that it keeps. */
export type HeardSegment = Omit<Segment, 'id'>

/** What a backend tells while it works; `done` is the last. */
export type Heard =
  | {
      readonly kind: 'started'
      /** Of the audio, in seconds. */
      readonly duration: number
      readonly language?: string
      readonly languageProbability?: number
    }
  | { readonly kind: 'segment'; readonly segment: HeardSegment }
  /** Seconds of the audio that are done, and how long it is where that is more than was told: containers may guess. */
  | { readonly kind: 'progress'; readonly processed: number; readonly duration?: number }
  | ({ readonly kind: 'done'; readonly warnings?: readonly TranscribeWarning[] } & Pick<
      TranscribeResult,
      'duration' | 'language' | 'languageProbability' | 'durationAfterVad' | 'timestampSource'
    > & {
        /** Where somebody speaks, if it has been looked for. */
        readonly speech?: readonly Span[]
      })

/** On whose behalf it works: what cancels it, and the trace that it is a part of. Mostly a call, so its members are getters. */
export type Caller = Pick<Context, 'signal' | 'trace'>

/** All of these fail with an RpcError of a kind that docs/engines.md lists. Unsubscribing, or the caller's signal, cancels. */
export interface SpeechBackend {
  readonly capabilities: SpeechCapabilities
  /** Names its options that only it has. */
  readonly engineOptions: readonly string[]
  /** What is on this machine now. */
  models(): Promise<readonly FoundModel[]>
  /** Replaces one of the same name that is loaded in another way. */
  load(model: string, options: LoadOptions, caller: Caller): Promise<Loaded>
  /** @param hard - the process that held it ends, too. @returns the memory that is held now, in bytes */
  unload(model: string, hard: boolean): Promise<number>
  /** Of a model that is loaded. Errors do not concern the next job. */
  transcribe(job: Job, caller: Caller): Observable<Heard>
  detectLanguage(
    model: string,
    audio: AudioInput,
    clip: Clip | undefined,
    caller: Caller,
  ): Promise<Pick<DetectLanguageResult, 'language' | 'languageProbability' | 'candidates'>>
  detectSpeech(request: VadDetectRequest, caller: Caller): Promise<VadDetectResult>
  /** A model may be told gone: the process that held it has ended. */
  readonly gone$: Observable<{ readonly reason: string }>
  start(log: TimedLogger): void
  stop(): Promise<void>
}
