/** `transcribe`: speech is found while the audio is read, cut into chunks that a model takes, and decoded chunk by chunk. */
import type { Span } from '../../models/audio.js'
import type { TranscribeWarning } from '../../models/transcribe-result.js'
import type { VadOptions } from '../../models/vad.js'
import { openAudio } from '../audio/open-audio.js'
import type { Audio } from '../audio/wave.js'
import type { Job, Heard as Told } from '../backend.js'
import { refusalOf } from './check-job.js'
import { chunker, longestChunk } from './chunks.js'
import { heardAudio } from './heard-audio.js'
import type { Recognizer } from './recognizer.js'
import { lookedAt, resampled } from './resampled.js'
import { segmentsOf } from './segments.js'
import { speechFinder } from './silero.js'
import { type Found, sampleRate } from './sound.js'
import { rounded } from './spans.js'
import { breathe, type Work } from './work.js'

/** What is answered at the end, as a backend tells it. */
export type Transcribed = Omit<Extract<Told, { kind: 'done' }>, 'kind'>

/** Below this, sherpa-onnx has too little to work with, in samples: silence is added. */
const shortest = sampleRate / 10

/** @throws RpcError of the kinds that docs/engines.md lists */
export const transcribe = async (job: Job, model: Recognizer, work: Work): Promise<Transcribed> => {
  const refusal = refusalOf(job, model)
  if (refusal !== undefined) throw refusal
  const audio = await openAudio(job.audio, job.clip, work.folder)
  try {
    return await transcribeAudio(audio, job, model, work)
  } finally {
    audio.close()
  }
}

const transcribeAudio = async (
  audio: Audio,
  job: Job,
  model: Recognizer,
  work: Work,
): Promise<Transcribed> => {
  const { start: offset } = lookedAt(audio, job.clip)
  const duration = rounded(audio.duration)
  const only = model.languages?.length === 1 ? model.languages[0] : undefined
  let language = job.language ?? only
  work.tell({ kind: 'started', duration, ...(language !== undefined && { language }) })

  const heard = heardAudio()
  const chunks = chunker(heard)
  const speech = speechIn(job.vad)
  const spans: Span[] = []
  const warnings: TranscribeWarning[] = []
  let processed = 0
  const seconds = (samples: number) => Math.min(duration, rounded(offset + samples / sampleRate))

  const advance = (samples: number): void => {
    const now = seconds(samples)
    if (now - processed < Math.min(1, duration / 100) && now < duration) return
    if (now > processed) work.tell({ kind: 'progress', processed: now })
    processed = Math.max(processed, now)
  }
  const decode = async (chunk: Found): Promise<void> => {
    const samples = new Float32Array(Math.max(chunk.end - chunk.start, shortest))
    samples.set(heard.slice(chunk.start, chunk.end))
    const { lang, ...result } = await model.hear(samples, {
      ...job,
      ...(language !== undefined && { language }),
    })
    work.mark()
    await breathe(work)
    const span = { start: seconds(chunk.start), end: seconds(chunk.end) }
    const segments = segmentsOf(result, span, job.wordTimestamps === true)
    // Detected once: of short chunks, each would be taken for another language.
    if (segments.length > 0) language ??= codeOf(lang)
    for (const segment of segments) work.tell({ kind: 'segment', segment })
    const hasNoWords = segments.some(({ words }) => words === undefined)
    if (job.wordTimestamps === true && hasNoWords && warnings.length === 0)
      warnings.push({
        kind: 'no_word_times',
        message:
          'This model gives no times of words. For Whisper, take one that was exported with attention.',
      })
    advance(chunk.end)
  }
  const take = async (parts: readonly Found[], silentUntil: number): Promise<void> => {
    for (const part of parts) {
      const end = Math.min(part.end, heard.length)
      spans.push({ start: seconds(part.start), end: seconds(end) })
      for (const chunk of chunks.add({ start: part.start, end })) await decode(chunk)
    }
    for (const chunk of chunks.advance(silentUntil)) await decode(chunk)
    const needed = Math.min(silentUntil, chunks.begins ?? silentUntil)
    heard.forget(needed)
    advance(needed)
  }

  for await (const block of resampled(audio, job.clip)) {
    heard.add(block)
    await take(speech.take(block), speech.silentUntil)
    await breathe(work)
  }
  await take(speech.end(), heard.length)
  for (const chunk of chunks.end()) await decode(chunk)
  advance(Number.POSITIVE_INFINITY)
  const isSentences = model.files.kind === 'whisper' && job.wordTimestamps !== true
  return {
    duration,
    language: language ?? 'und', // the code for a language that nobody could tell
    timestampSource: isSentences ? 'model' : 'vad',
    ...(job.vad !== false && {
      durationAfterVad: rounded(spans.reduce((sum, { start, end }) => sum + end - start, 0)),
      speech: spans,
    }),
    warnings,
  }
}

/** `<|en|>` of SenseVoice, `en` of Whisper. */
const codeOf = (lang = ''): string | undefined => /[a-z]{2,3}/.exec(lang)?.[0]

interface PartFinder {
  take(samples: Float32Array): readonly Found[]
  end(): readonly Found[]
  readonly silentUntil: number
}

/** Parts with speech, padded; without a detector, all of it. */
const speechIn = (vad: boolean | VadOptions = true): PartFinder => {
  if (vad === false) return everything()
  const options = vad === true ? {} : vad
  const pad = Math.round(((options.speechPadMs ?? 100) / 1000) * sampleRate)
  const finder = speechFinder({
    ...options,
    maxSpeechSec: Math.min(
      options.maxSpeechSec ?? Number.POSITIVE_INFINITY,
      longestChunk / sampleRate,
    ),
  })
  let last = 0
  const padded = (found: readonly Found[]): Found[] =>
    found.map(({ start, end }) => {
      const part = { start: Math.max(last, start - pad), end: end + pad }
      last = part.end
      return part
    })
  return {
    take: (samples) => padded(finder.take(samples)),
    end: () => padded(finder.end()),
    get silentUntil() {
      return Math.max(0, finder.silentUntil - pad)
    },
  }
}

const everything = (): PartFinder => {
  let length = 0
  return {
    take(samples: Float32Array): Found[] {
      const start = length
      length += samples.length
      return [{ start, end: length }]
    },
    end: (): Found[] => [],
    get silentUntil() {
      return length
    },
  }
}
