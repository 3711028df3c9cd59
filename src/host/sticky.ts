/** Which process of a pool the calls with one text belong to. */
import type { Epoch } from './epoch.js'

/** Rendezvous hashing: when a process comes or goes, only the texts that were or become its own move. */
export const stickiest = (text: string, epochs: readonly Epoch[]): Epoch =>
  epochs.reduce((best, epoch) =>
    weight(text, epoch.settings.key) > weight(text, best.settings.key) ? epoch : best,
  )

/** FNV-1a over both, stirred so that similar keys differ in all bits. */
const weight = (text: string, key: string): number => {
  let hash = 0x811c9dc5
  for (const char of `${text}\0${key}`) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
