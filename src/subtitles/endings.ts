/** What ends where a unit ends. */
import { leansOnNext, opensClause } from './function-words.js'
import type { Place } from './limits.js'
import type { Unit } from './units.js'

/** `phrase`: what follows begins a clause, without a mark between the two. `bound`: it needs what follows. */
export type Ending = 'sentence' | 'clause' | 'phrase' | 'none' | 'bound'

const closers = String.raw`["'”’»›)）\]」』】〉》〕]*$`
const sentence = new RegExp(`[.!?…。！？｡．؟۔।॥។]${closers}`, 'u')
const clause = new RegExp(`[,;:–—、，；：､،؛・]${closers}`, 'u')
/** A point behind one of these ends no sentence. */
const abbreviation = /^["'“‘„«(]*(?:mr|mrs|ms|dr|prof|st|vs|nr|vgl|bzw|ca|sr|sra|mme|mlle)\.$/i
/** Of a name. `I` is a word. */
const initial = /^["'“‘„«(]*(?!I)\p{Lu}\.$/u

const isAbbreviation = (text: string, next: string): boolean =>
  abbreviation.test(text) || initial.test(text) || (/^no\.$/i.test(text) && /^\d/.test(next))

export const endingOf = ({ text }: Unit, next: Unit): Ending => {
  if (isAbbreviation(text, next.text)) return 'bound'
  const isOpen = /\.$/.test(text) && /^\p{Ll}/u.test(next.text)
  if (sentence.test(text)) return isOpen ? 'none' : 'sentence'
  // As in `their property, where, for many years`: the mark that counts is the one before.
  if (clause.test(text)) return opensClause(text.replace(/\p{P}+$/u, '')) ? 'bound' : 'clause'
  if (leansOnNext(text)) return 'bound'
  return opensClause(next.text) ? 'phrase' : 'none'
}

/** Silence that may end a cue, and silence that should, in milliseconds. */
const pauseMs = 300
const longPauseMs = 1000

/** Not for segments whose silences are unknown: theirs are between them. */
const silenceMs = (unit: Unit, next: Unit): number => next.start - unit.end

export const isLongPause = (unit: Unit, next: Unit): boolean => silenceMs(unit, next) >= longPauseMs

/** Fewer words than these to a full stop, on average, are written by those who write any. */
const longestSentence = 60
const stop = new RegExp(`[.。｡．۔।॥។]${closers}`, 'u')

/** Of text with full stops it is known where sentences go on. */
export const hasStops = (units: readonly Unit[]): boolean => {
  const stops = units.filter((unit, at) => {
    const next = units[at + 1]
    return stop.test(unit.text) && (next === undefined || endingOf(unit, next) === 'sentence')
  })
  return stops.length * longestSentence >= units.length
}

/** Engines cut sentences where their window ends. @returns whether that is all that parts the two */
export const goesOn = (unit: Unit, next: Unit): boolean =>
  endingOf(unit, next) !== 'sentence' && silenceMs(unit, next) < pauseMs && !isChange(unit, next)

export const isChange = (unit: Unit, next: Unit): boolean =>
  unit.source.speaker !== next.source.speaker

/** A shorter one in the middle of a phrase is one to think. */
const isPause = (unit: Unit, next: Unit): boolean =>
  silenceMs(unit, next) >= pauseMs && endingOf(unit, next) !== 'bound'

/** @returns whether a cue had better end between the two; `near` says that it had, but for a better place of its kind */
export const endsAt = (place: Place, unit: Unit, next: Unit): 'yes' | 'near' | 'no' => {
  switch (place) {
    case 'speaker':
      return isChange(unit, next) ? 'yes' : 'no'
    case 'pause':
      return isPause(unit, next) ? 'yes' : 'no'
    case 'punctuation': {
      const ending = endingOf(unit, next)
      return ending === 'sentence' ? 'yes' : ending === 'clause' ? 'near' : 'no'
    }
  }
}
