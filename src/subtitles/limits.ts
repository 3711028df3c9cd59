/** What a cue may be at most. */
import type { SubtitleShaping } from '../models/subtitles.js'

export interface Limits {
  /** Of a line. A wide character takes two. */
  readonly columns: number
  readonly lines: number
  /** Columns a second. */
  readonly speed: number
  readonly minMs: number
  readonly maxMs: number
  readonly gapMs: number
  /** Time that a cue stays after its last word. */
  readonly padMs: number
  /** The best place first. */
  readonly breakOn: readonly Place[]
}

export type Place = NonNullable<SubtitleShaping['breakOn']>[number]

/** As the codec tells them. */
const defaults = { minMs: 833, maxMs: 7000 }

/** Of the two durations the one that is left out gives way. */
export const limitsOf = (shaping: SubtitleShaping = {}): Limits => {
  const {
    maxCharsPerLine = 42,
    maxLines = 2,
    maxCps = 17,
    minGapMs = 83,
    padMs = 200,
    breakOn = ['speaker', 'punctuation', 'pause'],
    minDurationMs = Math.min(defaults.minMs, shaping.maxDurationMs ?? defaults.maxMs),
    maxDurationMs = Math.max(defaults.maxMs, minDurationMs),
  } = shaping
  return {
    columns: maxCharsPerLine,
    lines: maxLines,
    speed: maxCps,
    minMs: Math.ceil(minDurationMs),
    maxMs: Math.max(1, Math.floor(maxDurationMs)), // no cue is shown for no time at all
    gapMs: Math.ceil(minGapMs),
    padMs: Math.round(padMs),
    breakOn,
  }
}
