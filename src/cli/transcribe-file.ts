/** One file: from the engine's answer to its transcripts. */
import * as E from 'fp-ts/lib/Either.js'
import type { ManagedEngine } from '../host/index.js'
import type { Clip } from '../models/audio.js'
import type { Segment } from '../models/segment.js'
import type { OutputFormat } from '../models/subtitles.js'
import { TranscribeProgress } from '../models/transcribe-progress.js'
import { TranscribeResult } from '../models/transcribe-result.js'
import { compileDecoder } from '../protocol/codec.js'
import { isRpcError, type RpcError, rpcError } from '../protocol/rpc-error.js'
import { contentOf } from '../subtitles/render.js'
import type { TranscribeEvent } from './transcribe-events.js'
import type { TranscribeOptions } from './transcribe-options.js'
import type { Source } from './transcribe-sources.js'

export interface Ask {
  readonly engine: ManagedEngine
  readonly model: string
  /** Where a line breaks and a cue ends is best told by the times of words. */
  readonly hasWordTimes: boolean
  readonly options: TranscribeOptions
  readonly tell: (event: TranscribeEvent) => void
  readonly signal: AbortSignal
}

const decodeResult = compileDecoder(TranscribeResult)

/** An engine that goes away under a file gets it once more. @throws RpcError */
export const transcribed = async (source: Source, ask: Ask): Promise<TranscribeResult> => {
  const { tell, signal } = ask
  tell({ type: 'sent', file: source.name })
  try {
    return await asked(source, ask)
  } catch (error) {
    if (!isRpcError(error) || !mayRepeat(error) || signal.aborted) throw error
    tell({ type: 'repeated', file: source.name, why: error.message })
    return asked(source, ask)
  }
}

const mayRepeat = ({ kind, facts }: RpcError): boolean =>
  kind === 'EngineGone' && facts['quarantined'] !== true

const asked = async (source: Source, ask: Ask): Promise<TranscribeResult> => {
  const { engine, options, signal } = ask
  const answer = await engine.request('transcription.transcribe', paramsOf(source, ask), {
    signal,
    deadlineMs: options.timeoutMs,
    onProgress: (value) => {
      const event = eventOf(source, value, options.clip)
      if (event !== undefined) ask.tell(event)
    },
  })
  const decoded = decodeResult(answer)
  if (E.isRight(decoded)) return decoded.right
  const [problem] = decoded.left.problems
  throw rpcError(
    'EngineError',
    `${engine.name} answered something else than a transcript: expected ${problem?.expected} at ${problem?.path || '/'}`,
  )
}

const paramsOf = ({ path }: Source, { model, hasWordTimes, options }: Ask): object => {
  const { task, language, prompt, hotwords, beamSize, temperature, clip, hasVad, guards, isJson } =
    options
  return {
    audio: { path },
    model,
    task,
    ...(language !== undefined && { language }),
    ...(prompt !== undefined && { initialPrompt: prompt }),
    ...(hotwords !== undefined && { hotwords }),
    ...(beamSize !== undefined && { beamSize }),
    ...(temperature !== undefined && { temperature }),
    ...(clip !== undefined && { clip }),
    ...(hasWordTimes && { wordTimestamps: true }),
    ...(!hasVad && { vad: false }),
    ...(guards !== undefined && { guards }),
    emit: isJson ? ['progress', 'segment'] : ['progress'],
  }
}

/** Seconds that are listened to. */
export const heard = (duration: number, { start = 0, end = duration }: Clip = {}): number =>
  Math.max(0, Math.min(end, duration) - start)

const eventOf = (
  { name: file }: Source,
  value: unknown,
  clip: Clip | undefined,
): TranscribeEvent | undefined => {
  if (!TranscribeProgress.is(value)) return undefined
  switch (value.kind) {
    case 'started': {
      const { duration, language } = value
      return {
        ...{ type: 'started', file },
        ...(duration !== undefined && { duration }),
        ...(language !== undefined && { language }),
      }
    }
    case 'progress': {
      const { processed, duration, ratio } = value
      const part = { processed: heard(processed, clip), duration: heard(duration, clip) }
      return { type: 'progress', file, ...part, ratio }
    }
    case 'segment':
      return { type: 'segment', file, segment: value.segment }
    case 'partial':
      return undefined
  }
}

export const contentFor = (
  format: OutputFormat,
  { segments, language, duration }: TranscribeResult,
  { shaping, hasWords, task }: TranscribeOptions,
): string =>
  contentOf(format === 'json' && !hasWords ? segments.map(withoutWords) : segments, format, {
    shaping,
    times: hasWords ? 'words' : 'none',
    facts: { task, language, duration },
  })

const withoutWords = ({ words: _, ...segment }: Segment): Segment => segment
