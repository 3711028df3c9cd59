/** Cuts what is to be decoded into chunks that a model takes whole. Whisper leaves out all behind 29.5 s without an error. */
import type { HeardAudio } from './heard-audio.js'
import { type Found, sampleRate } from './sound.js'

/** In samples. With padding on both sides, it stays below the limit. */
export const longestChunk = 28 * sampleRate
/** A cut is looked for from here on. */
const earliestCut = 18 * sampleRate
/** What is measured at once: 50 ms, shorter than a pause between words. */
const frame = sampleRate / 20

/** Parts nearer than this to each other are one, which a detector had to cut somewhere. */
const seam = sampleRate / 50

export interface Chunker {
  /** @returns chunks that are complete, in order */
  add(part: Found): readonly Found[]
  /** No part will begin before this place, so what ends before it is complete. */
  advance(to: number): readonly Found[]
  end(): readonly Found[]
  /** Where the oldest chunk begins that is not complete. */
  readonly begins: number | undefined
}

/** @param audio - holds all from `begins` on */
export const chunker = (audio: HeardAudio): Chunker => {
  let pending: Found | undefined

  const cut = (): Found[] => {
    const chunks: Found[] = []
    while (pending !== undefined && pending.end - pending.start > longestChunk) {
      const at = quietest(audio, pending.start + earliestCut, pending.start + longestChunk)
      chunks.push({ start: pending.start, end: at })
      pending = { start: at, end: pending.end }
    }
    return chunks
  }
  const take = (): Found[] => {
    const chunks = pending === undefined ? [] : [pending]
    pending = undefined
    return chunks
  }
  return {
    get begins() {
      return pending?.start
    },
    add(part) {
      const done = pending !== undefined && part.start - pending.end > seam ? take() : []
      pending = pending === undefined ? part : { start: pending.start, end: part.end }
      return [...done, ...cut()]
    },
    advance: (to) => (pending !== undefined && to - pending.end > seam ? take() : []),
    end: take,
  }
}

/** The middle of the quietest 50 ms: a pause, or what comes nearest to one. */
export const quietest = (audio: HeardAudio, from: number, to: number): number => {
  const samples = audio.slice(from, to)
  let best = { energy: Number.POSITIVE_INFINITY, at: from }
  for (let at = 0; at + frame <= samples.length; at += frame / 2) {
    let energy = 0
    for (let i = at; i < at + frame; i += 1) energy += (samples[i] ?? 0) ** 2
    // The latest of equals: in silence, the longest chunk.
    if (energy <= best.energy) best = { energy, at: from + at + frame / 2 }
  }
  return best.at
}
