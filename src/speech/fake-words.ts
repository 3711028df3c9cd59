/** What the fake engine hears: always the same in the same audio. */
import type { Span } from '../models/audio.js'
import type { Word } from '../models/segment.js'
import type { HeardSegment } from './backend.js'
import type { Sound } from './fake-sound.js'
import { toMillis } from './mended.js'

const wordsPerSec = 2.5
const wordsPerSegment = 12

const vocabulary = (
  'time water little people number great every country answer study learn plant cover food between state ' +
  'never often group important children side mountain letter river music mark second enough young'
).split(' ')

/** Of the levels of a sound, whole numbers that look like chance. */
const digest = ({ levels }: Sound): number =>
  levels.reduce((sum, level) => (Math.imul(sum, 31) + Math.round(level)) | 0, 7)

const chance = (seed: number, index: number): number => {
  const mixed = Math.imul(seed ^ Math.imul(index + 1, 0x9e3779b1), 0x85ebca6b)
  return ((mixed ^ (mixed >>> 13)) >>> 0) / 2 ** 32
}

/**
 * @param text - that is said; undefined for some that is made up
 * @param speech - where it is said, in order
 */
export const segmentsIn = (
  sound: Sound,
  speech: readonly Span[],
  text: string | undefined,
): readonly HeardSegment[] => {
  const seed = digest(sound)
  const spoken = speech.reduce((sum, { start, end }) => sum + end - start, 0)
  const words = text?.split(/\s+/).filter((word) => word !== '') ?? invented(seed, spoken)
  return speech.flatMap((span, index) => {
    const before = speech.slice(0, index).reduce((sum, { start, end }) => sum + end - start, 0)
    const share = (time: number): number => Math.round((time / spoken) * words.length)
    const said = words.slice(share(before), share(before + span.end - span.start))
    return segmentsOf(text === undefined ? sentence(said) : said, span, seed)
  })
}

const invented = (seed: number, seconds: number): readonly string[] =>
  Array.from({ length: Math.ceil(seconds * wordsPerSec) }, (_, index) => {
    return vocabulary[Math.floor(chance(seed, index) * vocabulary.length)] as string
  })

const sentence = (words: readonly string[]): readonly string[] =>
  words.map((word, index) => {
    const begun = index === 0 ? word.charAt(0).toUpperCase() + word.slice(1) : word
    return index === words.length - 1 ? `${begun}.` : begun
  })

const segmentsOf = (
  words: readonly string[],
  { start, end }: Span,
  seed: number,
): readonly HeardSegment[] => {
  const edge = (index: number): number => toMillis(start + ((end - start) * index) / words.length)
  const timed = words.map(
    (word, index): Word => ({
      start: edge(index),
      end: edge(index + 1),
      word: index === 0 ? word : ` ${word}`,
      probability: toMillis(0.7 + 0.3 * chance(seed, index)),
    }),
  )
  const count = Math.ceil(words.length / wordsPerSegment)
  return Array.from({ length: count }, (_, index) => {
    const part = timed.slice(index * wordsPerSegment, (index + 1) * wordsPerSegment)
    const [first, last] = [part[0] as Word, part.at(-1) as Word]
    const text = part
      .map(({ word }) => word)
      .join('')
      .trim()
    return {
      ...{ start: first.start, end: last.end, text, words: part },
      ...{ avgLogprob: -0.2, noSpeechProb: 0.01, compressionRatio: 1.2 },
    }
  })
}
