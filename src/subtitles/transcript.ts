/** Formats of whole transcripts: of segments as they are, and not of cues. */
import type { Segment } from '../models/segment.js'
import { type Cue, cueText, toMs, toSeconds } from './cue.js'
import { runningText } from './running-text.js'
import { lyricsTimestamp } from './timestamp.js'

/** What a transcript can say beside its segments. */
export interface TranscriptFacts {
  readonly task?: 'transcribe' | 'translate'
  /** `und`, which is undetermined, unless told. */
  readonly language?: string
  /** Of the audio, in seconds; else the end of the last segment. */
  readonly duration?: number
}

const round = (seconds: number): number => toSeconds(toMs(seconds))
const lineOf = (text: string): string => cueText(text).replaceAll('\n', ' ')

/** A line for each segment. */
export const renderText = (segments: readonly Segment[]): string =>
  segments
    .map(({ text }) => lineOf(text))
    .filter((line) => line !== '')
    .map((line) => `${line}\n`)
    .join('')

/** A line for each cue, with its start. */
export const renderLyrics = (cues: readonly Cue[]): string =>
  cues.map(({ start, text }) => `[${lyricsTimestamp(start)}]${lineOf(text)}\n`).join('')

/**
 * As OpenAI's `verbose_json`, for clients that insist on all of its members: what is not known is 0, or an empty list.
 */
export const renderJson = (segments: readonly Segment[], facts: TranscriptFacts = {}): string => {
  const { task = 'transcribe', language = 'und' } = facts
  const { duration = segments.reduce((latest, { end }) => Math.max(latest, end), 0) } = facts
  const words = segments.flatMap((segment) => segment.words ?? [])
  const transcript = {
    ...{ task, language, duration: round(duration) },
    text: runningText(segments.map(({ text }) => text).join('\n')),
    segments: segments.map(jsonSegment),
    ...(words.length > 0 && { words: words.map(jsonWord) }),
  }
  return `${JSON.stringify(transcript, undefined, 2)}\n`
}

const jsonSegment = (segment: Segment) => ({
  id: segment.id,
  seek: 0,
  start: round(segment.start),
  end: round(segment.end),
  text: segment.text,
  tokens: [],
  temperature: 0,
  avg_logprob: segment.avgLogprob ?? 0,
  compression_ratio: segment.compressionRatio ?? 0,
  no_speech_prob: segment.noSpeechProb ?? 0,
  ...(segment.speaker !== undefined && { speaker: segment.speaker }),
})

const jsonWord = ({ word, start, end, probability }: NonNullable<Segment['words']>[number]) => ({
  word: word.trim(),
  start: round(start),
  end: round(end),
  ...(probability !== undefined && { probability }),
})
