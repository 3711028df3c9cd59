/** What ends where a unit ends. */
import type { Place } from './limits.js'
import type { Unit } from './units.js'

export type Ending = 'sentence' | 'clause' | 'none'

const closers = String.raw`["'”’»›)）\]」』】〉》〕]*$`
const sentence = new RegExp(`[.!?…。！？｡．؟۔।॥។]${closers}`, 'u')
const clause = new RegExp(`[,;:–—、，；：､،؛・]${closers}`, 'u')
/** A point behind one of these ends no sentence. */
const abbreviation =
  /^["'“‘„«(]*(?:\p{L}|mr|mrs|ms|dr|prof|st|vs|no|nr|vgl|bzw|ca|sr|sra|mme|mlle)\.$/iu

export const endingOf = ({ text }: Unit, next: Unit): Ending => {
  if (sentence.test(text)) {
    const isOpen = abbreviation.test(text) || (/\.$/.test(text) && /^\p{Ll}/u.test(next.text))
    return isOpen ? 'none' : 'sentence'
  }
  return clause.test(text) ? 'clause' : 'none'
}

/** Silence that may end a cue, and silence that should, in milliseconds. */
const pauseMs = 300
const longPauseMs = 1000

/** Not for segments whose silences are unknown: theirs are between them. */
const silenceMs = (unit: Unit, next: Unit): number => next.start - unit.end

export const isLongPause = (unit: Unit, next: Unit): boolean => silenceMs(unit, next) >= longPauseMs

export const isChange = (unit: Unit, next: Unit): boolean =>
  unit.source.speaker !== next.source.speaker

/** @returns whether a cue had better end between the two; `near` says that it had, but for a better place of its kind */
export const endsAt = (place: Place, unit: Unit, next: Unit): 'yes' | 'near' | 'no' => {
  switch (place) {
    case 'speaker':
      return isChange(unit, next) ? 'yes' : 'no'
    case 'pause':
      return silenceMs(unit, next) >= pauseMs ? 'yes' : 'no'
    case 'punctuation': {
      const ending = endingOf(unit, next)
      return ending === 'sentence' ? 'yes' : ending === 'clause' ? 'near' : 'no'
    }
  }
}
