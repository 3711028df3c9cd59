/** Guards against what models make up: text in silence, and the same again and again. */
import type { Span } from '../models/audio.js'
import type { Segment } from '../models/segment.js'
import type { Guarding } from '../models/transcribe-request.js'
import type { TranscribeWarning } from '../models/transcribe-result.js'
import { normalised, repeatsItself } from './repetition.js'

export interface GuardSettings {
  readonly repetition?: Guarding
  readonly silence?: Guarding
  /** Where somebody speaks, if it is known: text elsewhere is text in silence. */
  readonly speech?: readonly Span[]
}

export interface Guarded {
  /** Numbered anew if some were left out. */
  readonly segments: readonly Segment[]
  /** In the order of time. Their kinds are `silence` and `repetition`. */
  readonly warnings: readonly TranscribeWarning[]
}

/** What is wrong with segments that follow each other. */
interface Finding {
  readonly kind: 'silence' | 'repetition'
  readonly segments: readonly Segment[]
  readonly what: string
}

/** Of segments that say the same, the first is kept. */
export const guard = (
  segments: readonly Segment[],
  { repetition = 'drop', silence = 'drop', speech }: GuardSettings = {},
): Guarded => {
  const inSilence = silence === 'off' ? [] : silent(segments, speech)
  const heard = without(segments, silence === 'drop' ? inSilence : [])
  const again = repetition === 'off' ? [] : repeated(heard)
  const kept = without(heard, repetition === 'drop' ? again : [])
  const warnings = [...inSilence, ...again]
    .sort((a, b) => startOf(a) - startOf(b))
    .map((finding) => warningOf(finding, finding.kind === 'silence' ? silence : repetition))
  const isWhole = kept.length === segments.length
  return {
    segments: isWhole ? segments : kept.map((segment, id) => ({ ...segment, id })),
    warnings,
  }
}

const without = (
  segments: readonly Segment[],
  findings: readonly Finding[],
): readonly Segment[] => {
  const bad = new Set(findings.flatMap((finding) => finding.segments))
  return segments.filter((segment) => !bad.has(segment))
}

/** The likelier silence is, the surer the text has to be. The first are Whisper's own; of silence it tells 0.94 and -0.94. */
const guesses = [
  { noSpeechAbove: 0.6, logprobBelow: -1 },
  { noSpeechAbove: 0.9, logprobBelow: -0.5 },
]
/** Edges of speech are not known any better, in seconds. */
const speechEdge = 0.25

const silent = (
  segments: readonly Segment[],
  speech: readonly Span[] | undefined,
): readonly Finding[] =>
  segments.flatMap((segment) => {
    const { noSpeechProb = 0, avgLogprob = 0 } = segment
    const isGuess = guesses.some(
      ({ noSpeechAbove, logprobBelow }) =>
        noSpeechProb > noSpeechAbove && avgLogprob < logprobBelow,
    )
    if (!isGuess && (speech === undefined || isWithin(segment, speech))) return []
    const what = isGuess
      ? 'text that is a guess, where likely nobody speaks'
      : 'text where nobody speaks'
    return [{ kind: 'silence', segments: [segment], what } as const]
  })

const isWithin = ({ start, end, words }: Segment, speech: readonly Span[]): boolean => {
  const from = (words?.[0]?.start ?? start) - speechEdge
  const to = (words?.at(-1)?.end ?? end) + speechEdge
  return speech.some((span) => span.start <= to && span.end >= from)
}

/** So many in a row are no accident. */
const leastRun = 3
/** Models that have lost the thread go round in circles of one segment, or of a few. */
const longestCircle = 3

/** A circle is seen in so many of the last segments. */
export const lookBack = leastRun * longestCircle

const repeated = (segments: readonly Segment[]): readonly Finding[] => {
  const runs = runsOf(segments)
  const inRuns = new Set(runs.flatMap((run) => run.segments))
  const loops = segments.filter(
    (segment) => !inRuns.has(segment) && repeatsItself(segment.text, segment.compressionRatio),
  )
  return [
    ...runs,
    ...loops.map((segment) => ({
      kind: 'repetition' as const,
      segments: [segment],
      what: 'text that repeats itself',
    })),
  ]
}

/** Segments that say what was said one circle before, for as long as it takes to go round three times. */
const runsOf = (segments: readonly Segment[]): readonly Finding[] => {
  const said = segments.map(({ speaker, text }) => `${speaker ?? ''}\n${normalised(text)}`)
  const found = new Set<Segment>()
  const runs: Finding[] = []
  for (let circle = 1; circle <= longestCircle; circle += 1) {
    for (let at = circle; at < said.length; at += 1) {
      const from = at
      while (at < said.length && said[at] === said[at - circle]) at += 1
      if (at - from < (leastRun - 1) * circle) continue
      const again = segments.slice(from, at).filter((segment) => !found.has(segment)) // in no smaller circle
      for (const segment of again) found.add(segment)
      if (again.length > 0) runs.push(againOf(again, circle))
    }
  }
  return runs
}

const againOf = (segments: readonly Segment[], circle: number): Finding => ({
  kind: 'repetition',
  segments,
  what:
    circle === 1
      ? `the same as before, ${segments.length} times in a row`
      : `the same ${circle} segments as before, ${segments.length} more in a row`,
})

const startOf = ({ segments: [first] }: Finding): number => (first as Segment).start

const warningOf = (finding: Finding, guarding: Guarding): TranscribeWarning => {
  const start = startOf(finding)
  const done = guarding === 'drop' ? 'left out' : 'kept'
  return { kind: finding.kind, message: `${finding.what}: ${done}`, start }
}
