/** Text that says the same again and again, as models do that have lost the thread. */
import { clustersOf, columnsOf } from './columns.js'

/** What two texts have in common that are the same to a listener. */
export const normalised = (text: string): string => {
  const folded = text.normalize('NFKC').toLowerCase()
  return folded.replace(/[^\p{L}\p{M}\p{N}]+/gu, '') || folded.trim()
}

/** Characters that are looked at together. */
const window = 5

/**
 * How often a text says each of its parts, on average: about 1 for a text, and 4 for the same four times. Like the
 * ratio of a compressor, but also right for what is short.
 */
export const repetitionOf = (text: string): number => {
  const clusters = clustersOf(normalised(text))
  const count = clusters.length - window + 1
  if (count < 1) return 1
  const parts = new Set<string>()
  for (let at = 0; at < count; at += 1) parts.add(clusters.slice(at, at + window).join(''))
  return count / parts.size
}

/** Shorter texts may repeat themselves: `no, no, no, no`. In columns. */
const shortest = 30
/** As Whisper has it for its compressor. */
const highest = 2.4
/** Enough, where the engine's own ratio is too high: that may be of more text than this. */
const doubtful = 1.5

/** @param compressionRatio - the engine's, of this text or of a longer one that it is in */
export const repeatsItself = (text: string, compressionRatio = 0): boolean => {
  if (columnsOf(normalised(text)) < shortest) return false
  return repetitionOf(text) > (compressionRatio > highest ? doubtful : highest)
}
