/** The methods of every speech engine. */
import * as t from 'io-ts'
import { tap } from 'rxjs'
import type { Call } from '../../pipelines/call.js'
import { group, method } from '../engine/define.js'
import type { SpeechCapabilities } from '../models/engine-info.js'
import {
  ModelListResult,
  ModelLoadRequest,
  ModelLoadResult,
  ModelUnloadRequest,
  ModelUnloadResult,
} from '../models/model-info.js'
import {
  StreamCloseRequest,
  StreamFinishRequest,
  StreamOpenRequest,
  StreamOpenResult,
  StreamPushRequest,
} from '../models/stream.js'
import { SubtitlesRenderRequest, SubtitlesRenderResult } from '../models/subtitles.js'
import { TranscribeProgress } from '../models/transcribe-progress.js'
import { DetectLanguageRequest, TranscribeRequest } from '../models/transcribe-request.js'
import { DetectLanguageResult, TranscribeResult } from '../models/transcribe-result.js'
import { VadDetectRequest, VadDetectResult } from '../models/vad.js'
import { render } from '../subtitles/render.js'
import type { Jobs } from './jobs.js'
import type { Judge } from './judged.js'
import type { Models } from './models.js'
import type { Streams } from './streams.js'

interface Parts {
  readonly capabilities: SpeechCapabilities
  readonly jobs: Jobs
  readonly judge: Judge
  readonly models: Models
  readonly streams: Streams
}

const jobNames: ReadonlySet<string> = new Set([
  'models.load',
  'transcription.transcribe',
  'transcription.detectLanguage',
  'vad.detect',
  'stream.finish',
])

/** Whether a call takes its turn. Unloading waits for its model alone, but what ends the process waits for all jobs. */
export const isJob = ({ method, params }: Pick<Call, 'method' | 'params'>): boolean =>
  jobNames.has(method) ||
  (method === 'models.unload' && (params as ModelUnloadRequest).hard === true)

const modelMethods = ({ judge, models }: Parts) => ({
  list: method({
    description: 'The models that are here, and which of them are in memory.',
    result: ModelListResult,
    idempotent: true,
    handler: () => models.list(),
  }),
  load: method({
    description: 'Loads a model, in the place of the same one that is loaded in another way.',
    params: ModelLoadRequest,
    result: ModelLoadResult,
    idempotent: true,
    handler: (params, context) => {
      judge(context.method, params)
      return models.load(params, context)
    },
  }),
  unload: method({
    description: 'Takes a model out of memory, once nobody uses it.',
    params: ModelUnloadRequest,
    result: ModelUnloadResult,
    idempotent: true,
    handler: (params) => models.unload(params),
  }),
})

const transcriptionMethods = ({ judge, jobs }: Parts) => ({
  transcribe: method({
    description: 'Turns speech into text, and tells of it as it goes.',
    params: TranscribeRequest,
    result: TranscribeResult,
    partial: TranscribeProgress,
    idempotent: true,
    handler: (params, context) => {
      judge(context.method, params)
      return jobs.transcribe(params, context)
    },
  }),
  detectLanguage: method({
    description: 'Tells which language is spoken.',
    params: DetectLanguageRequest,
    result: DetectLanguageResult,
    idempotent: true,
    handler: (params, context) => {
      judge(context.method, params)
      return jobs.detectLanguage(params, context)
    },
  }),
})

const vadMethods = ({ judge, jobs }: Parts) => ({
  detect: method({
    description: 'Finds where somebody speaks.',
    params: VadDetectRequest,
    result: VadDetectResult,
    idempotent: true,
    handler: (params, context) => {
      judge(context.method, params)
      return jobs.detectSpeech(params, context)
    },
  }),
})

const subtitleMethods = {
  render: method({
    description: 'Makes the content of a file of segments.',
    params: SubtitlesRenderRequest,
    result: SubtitlesRenderResult,
    idempotent: true,
    handler: render,
  }),
}

const streamMethods = ({ judge, jobs, streams }: Parts) => ({
  open: method({
    description: 'Begins a transcription whose audio comes in chunks.',
    params: StreamOpenRequest,
    result: StreamOpenResult,
    handler: (params, context) => {
      judge(context.method, params)
      return { stream: streams.add(params) }
    },
  }),
  push: method({
    description: 'Takes the next chunk of a stream.',
    params: StreamPushRequest,
    result: t.null,
    handler: (params) => {
      streams.push(params)
      return null
    },
  }),
  finish: method({
    description: 'Transcribes what has come, and closes the stream if it could.',
    params: StreamFinishRequest,
    result: TranscribeResult,
    partial: TranscribeProgress,
    handler: ({ stream }, context) => {
      const close = (): void => streams.close(stream)
      return jobs.transcribe(streams.finished(stream), context).pipe(tap({ complete: close }))
    },
  }),
  close: method({
    description: 'Ends a stream whose text nobody wants.',
    params: StreamCloseRequest,
    result: t.null,
    handler: ({ stream }) => {
      streams.close(stream)
      return null
    },
  }),
})

/** Those that the engine is able to do; its type names all. */
export const speechMethods = (parts: Parts) => {
  const { languageDetection = false, streaming = false, vad = false } = parts.capabilities
  const transcription = without(transcriptionMethods(parts), { detectLanguage: languageDetection })
  const methods = {
    models: group({ methods: modelMethods(parts) }),
    transcription: group({ methods: transcription }),
    vad: group({ methods: vadMethods(parts) }),
    subtitles: group({ methods: subtitleMethods }),
    stream: group({ methods: streamMethods(parts) }),
  }
  return without(methods, { vad, stream: streaming })
}

/** The same, but for members that are named as false. */
const without = <M extends object>(members: M, are: Partial<Record<keyof M, boolean>>): M => {
  const entries = Object.entries(members).filter(([name]) => are[name as keyof M] !== false)
  return Object.fromEntries(entries) as M
}
