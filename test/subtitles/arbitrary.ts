/** Transcripts and shapings as engines and users may give them. */
import fc from 'fast-check'
import type { Segment, Word } from '../../src/models/segment.js'
import type { SubtitleShaping } from '../../src/models/subtitles.js'

export const runs = { numRuns: Number(process.env['RUNS'] ?? 150), includeErrorInReport: true }

const spaced = fc.constantFrom(
  ...['the', 'sea', 'had', 'no', 'end,', 'he', 'said.', '“Why', 'not?”', 'Mr.', 'I', 'well-known'],
  ...[
    'Übergröße',
    'daß',
    'und,',
    'مرحبا',
    'بالعالم،',
    'שלום',
    'नमस्ते',
    'e\u0301te\u0301',
    '한국어',
    '안녕!',
  ],
  ...['👨‍👩‍👧', '🎤', '…and', '-', '12.5', 'a&b', '<i>', 'rock’n’roll', 'incomprehensibilities'],
)
const unspaced = fc.constantFrom(
  ...[
    '今日',
    'は',
    'とても',
    '良い',
    '天気',
    'です',
    '。',
    '「',
    '」',
    '、',
    'コンピューター',
    'っ',
    'ー',
    '！',
  ],
  ...[
    '我们',
    '去',
    '公园',
    '玩',
    '吧',
    '，',
    '《',
    '百年孤独',
    '》',
    '？',
    'GPT',
    '4',
    'สวัสดี',
    'ครับ',
  ],
)
const text = (words: readonly string[], space: string): string => words.join(space)

/** A text in words, each with the space before it. */
export const words = fc.oneof(
  fc
    .array(spaced, { minLength: 1, maxLength: 40 })
    .map((all) => all.map((it, at) => (at === 0 ? it : ` ${it}`))),
  fc.array(unspaced, { minLength: 1, maxLength: 60 }),
  fc
    .array(fc.oneof(spaced, unspaced), { minLength: 1, maxLength: 40 })
    .map((all) => all.map((it, at) => (at % 3 === 1 ? ` ${it}` : it))),
)

const ms = (max: number): fc.Arbitrary<number> => fc.integer({ min: 0, max })
const seconds = (it: number): number => Math.round(it) / 1000

interface Plan {
  readonly words: readonly string[]
  readonly gapMs: number
  readonly wordMs: number
  readonly pauses: readonly number[]
  readonly isTimed: boolean
  readonly speaker: string | undefined
}

const plan = fc.record<Plan>({
  words,
  gapMs: fc.oneof(fc.constant(0), ms(3000)),
  wordMs: fc.oneof(fc.integer({ min: 80, max: 600 }), ms(3000)),
  pauses: fc.array(fc.oneof(fc.constant(0), ms(200), ms(4000)), { minLength: 1, maxLength: 5 }),
  isTimed: fc.boolean(),
  speaker: fc.constantFrom(undefined, undefined, 'A', 'B'),
})

const segmentOf = (id: number, from: number, it: Plan): readonly [Segment, number] => {
  let at = from
  const timed = it.words.map((word, index): Word => {
    const start = at
    const end = at + it.wordMs
    at = end + (it.pauses[index % it.pauses.length] as number)
    return { start: seconds(start), end: seconds(end), word }
  })
  const end = (timed.at(-1) as Word).end
  const segment = {
    ...{ id, start: seconds(from), end, text: text(it.words, '') },
    ...(it.isTimed && { words: timed }),
    ...(it.speaker !== undefined && { speaker: it.speaker }),
  }
  return [segment, end * 1000]
}

/** In order, without overlaps. */
export const segments: fc.Arbitrary<readonly Segment[]> = fc
  .array(plan, { maxLength: 8 })
  .map((plans) => {
    let at = 0
    return plans.map((it, id) => {
      const [segment, end] = segmentOf(id, at + it.gapMs, it)
      at = end
      return segment
    })
  })

/** Anything that the codec lets through: out of order, on top of each other, of no length. */
export const wildSegments: fc.Arbitrary<readonly Segment[]> = fc
  .array(
    fc
      .record({
        text: fc.oneof(
          words.map((it) => it.join('')),
          fc.string({ minLength: 1, unit: 'binary' }),
        ),
        from: ms(5000),
        length: fc.oneof(fc.constant(0), ms(20_000)),
        words: fc.option(
          fc.array(
            fc.record({
              word: fc.oneof(spaced, fc.string({ minLength: 1, unit: 'binary' })),
              from: ms(5000),
              length: ms(2000),
            }),
          ),
          { nil: undefined },
        ),
      })
      .map(
        ({ text, from, length, words }): Omit<Segment, 'id'> => ({
          ...{ text, start: seconds(from), end: seconds(from + length) },
          ...(words && {
            words: words.map((it) => ({
              ...{ word: it.word, start: seconds(it.from), end: seconds(it.from + it.length) },
            })),
          }),
        }),
      ),
    { maxLength: 6 },
  )
  .map((all) => all.map((segment, id) => ({ ...segment, id })))

export const shaping: fc.Arbitrary<SubtitleShaping> = fc.oneof(
  fc.constant({}),
  fc
    .record(
      {
        maxCharsPerLine: fc.oneof(
          fc.integer({ min: 1, max: 12 }),
          fc.integer({ min: 13, max: 60 }),
        ),
        maxLines: fc.integer({ min: 1, max: 4 }),
        maxCps: fc.double({ min: 1, max: 40, noNaN: true }),
        minDurationMs: ms(2000),
        maxDurationMs: fc.integer({ min: 2000, max: 9000 }),
        minGapMs: ms(500),
        padMs: ms(800),
        breakOn: fc.uniqueArray(
          fc.constantFrom('punctuation' as const, 'pause' as const, 'speaker' as const),
        ),
      },
      { requiredKeys: [] },
    )
    .map((it) => it as SubtitleShaping),
)
