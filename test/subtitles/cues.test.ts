/** What holds for the cues of any transcript. */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Segment } from '../../src/models/segment.js'
import type { SubtitleShaping } from '../../src/models/subtitles.js'
import { clustersOf, columnsOf } from '../../src/subtitles/columns.js'
import type { Cue } from '../../src/subtitles/cue.js'
import { cueText } from '../../src/subtitles/cue.js'
import { cues } from '../../src/subtitles/cues.js'
import { limitsOf } from '../../src/subtitles/limits.js'
import { runs, segments, shaping, wildSegments } from './arbitrary.js'

const test = suite('cues')

const holds = (
  transcripts: fc.Arbitrary<readonly Segment[]>,
  check: (made: readonly Cue[], given: readonly Segment[], shaping: SubtitleShaping) => void,
): void =>
  fc.assert(
    fc.property(transcripts, shaping, (given, limits) => check(cues(given, limits), given, limits)),
    runs,
  )
const both = fc.oneof(segments, wildSegments)
const inMs = (seconds: number): number => Math.round(seconds * 1000)
const pairs = (made: readonly Cue[]): readonly (readonly [Cue, Cue | undefined])[] =>
  made.map((cue, at) => [cue, made[at + 1]])
/** Columns of a text whose lines are one. */
const lengthOf = (cue: Cue): number => columnsOf(cue.text.replaceAll('\n', ''))
const solid = (text: string): string => cueText(text).replace(/[\s\u200b]+/g, '')

test('have lines as long and as many as wanted: a line is longer only where it is one character', () => {
  holds(both, (made, _, shaping) => {
    const { columns, lines } = limitsOf(shaping)
    for (const { text } of made) {
      assert.ok(text.split('\n').length <= lines, text)
      for (const line of text.split('\n')) {
        assert.ok(columnsOf(line) <= columns || clustersOf(line).length === 1, line)
      }
    }
  })
})

test('come one after the other, begin before they end, and last no longer than wanted', () => {
  holds(both, (made, _, shaping) => {
    const { maxMs } = limitsOf(shaping)
    for (const [cue, next] of pairs(made)) {
      assert.ok(cue.start >= 0 && cue.start < cue.end, JSON.stringify(cue))
      assert.ok(inMs(cue.end) - inMs(cue.start) <= maxMs, JSON.stringify(cue))
      assert.ok(next === undefined || cue.end <= next.start, JSON.stringify([cue, next]))
    }
  })
})

test('have times of whole milliseconds', () => {
  holds(both, (made) => {
    const times = made.flatMap(({ start, end, words = [] }) => [
      start,
      end,
      ...words.flatMap((it) => [it.start, it.end]),
    ])
    for (const time of times) assert.is(time, Number(time.toFixed(3)))
  })
})

test('keep the gap, but for such a short time to the next that half of it is all there is', () => {
  holds(both, (made, _, shaping) => {
    const { gapMs } = limitsOf(shaping)
    for (const [cue, next] of pairs(made)) {
      if (next === undefined) continue
      const room = inMs(next.start) - inMs(cue.start)
      const gap = inMs(next.start) - inMs(cue.end)
      assert.ok(gap >= Math.min(gapMs, Math.floor(room / 2)), JSON.stringify([cue, next]))
    }
  })
})

test('are shown long enough to be read, unless the next one comes first, or it would take too long', () => {
  holds(both, (made, _, shaping) => {
    const { minMs, maxMs, speed, gapMs } = limitsOf(shaping)
    for (const [cue, next] of pairs(made)) {
      const shown = inMs(cue.end) - inMs(cue.start)
      const isLimited =
        shown === maxMs || (next !== undefined && inMs(next.start) - inMs(cue.end) <= gapMs)
      assert.ok(shown >= minMs || isLimited, JSON.stringify(cue))
      assert.ok((lengthOf(cue) * 1000) / shown <= speed || isLimited, JSON.stringify(cue))
    }
  })
})

test('lose no text, and add none', () => {
  holds(segments, (made, given) => {
    assert.is(
      made.map(({ text }) => solid(text)).join(''),
      given.map(({ text }) => solid(text)).join(''),
    )
  })
})

test('lose none either where times are wild: the text of each segment, or of its words, is there', () => {
  holds(wildSegments, (made, given) => {
    const ordered = [...given].sort((a, b) => a.start - b.start)
    let rest = made.map(({ text }) => solid(text)).join('')
    for (const { text, words = [] } of ordered) {
      const options = [solid(text), words.map(({ word }) => solid(word)).join('')]
      // The longer one first: one may begin as the other.
      const found = options.sort((a, b) => b.length - a.length).find((it) => rest.startsWith(it))
      assert.ok(found !== undefined, JSON.stringify({ rest, options }))
      rest = rest.slice(found?.length)
    }
    assert.is(rest, '')
  })
})

test('tear no word apart that has room in a line', () => {
  const plain = (text: string): readonly string[] => text.split(/\s+/).filter((it) => it !== '')
  const spaceless = /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{sc=Thai}\p{P}\uff00-\uffef]/u
  holds(segments, (made, given, shaping) => {
    const { columns } = limitsOf(shaping)
    const all = given.flatMap(({ text }) => plain(text))
    if (all.some((word) => columnsOf(word) > columns || spaceless.test(word))) return
    assert.equal(
      made.flatMap(({ text }) => plain(text)),
      all,
    )
  })
})

test('tear no word of an engine apart in Chinese and Japanese either', () => {
  holds(segments, (made, given, shaping) => {
    const { columns } = limitsOf(shaping)
    const words = given.flatMap((segment) => segment.words ?? [])
    if (words.length === 0 || given.some((segment) => segment.words === undefined)) return
    if (words.some(({ word }) => columnsOf(word.trim()) > columns)) return
    if (tearsWords(given, shaping)) return // several in a row without a space are like one
    const ends = placesOfEnds(words.map(({ word }) => ({ text: word })))
    let place = 0
    for (const line of made.flatMap(({ text }) => text.split('\n'))) {
      place += solid(line).length
      assert.ok(ends.has(place), line)
    }
  })
})

/** Words with single marks between them, as people write. */
const written = fc
  .array(
    fc.tuple(
      fc.constantFrom(
        '今日',
        '天気',
        '我们',
        '公园',
        'コンピューターの',
        'きゃっと今',
        'GPT',
        '百年孤独',
        'あの',
      ),
      fc.constantFrom(
        '',
        '',
        '。',
        '、',
        '！',
        '？」',
        '」',
        '「',
        '，',
        '《',
        '》',
        '々',
        '…',
        '：',
      ),
    ),
    { minLength: 1, maxLength: 40 },
  )
  .map((pairs) => pairs.flat().join(''))

test('have lines that begin and end as printers want it', () => {
  fc.assert(
    fc.property(
      written,
      fc.integer({ min: 24, max: 42 }),
      fc.boolean(),
      (text, columns, isTimed) => {
        const characters = clustersOf(text)
        const end = characters.length / 5
        const words = characters.map((word, at) => ({ word, start: at / 5, end: (at + 1) / 5 }))
        const segment = { id: 0, start: 0, end, text, ...(isTimed && { words }) }
        const lines = cues([segment], { maxCharsPerLine: columns }).flatMap((cue) =>
          cue.text.split('\n'),
        )
        for (const line of lines.slice(1)) assert.not.match(line, /^[。、！？」，》々…：ーャゃっ]/u)
        for (const line of lines.slice(0, -1)) assert.not.match(line, /[「《]$/u)
        // Latin words have no characters between which a line may end.
        for (const line of lines) assert.not.match(line, /^(?:PT|T)|(?:G|GP)$/u)
      },
    ),
    runs,
  )
})

test('have speakers, and words in their order and within the cue, where they are known', () => {
  holds(segments, (made, given) => {
    for (const cue of made) {
      let latest = cue.start
      for (const { start, end } of cue.words ?? []) {
        assert.ok(latest <= start && start <= end && end <= cue.end, JSON.stringify(cue))
        latest = start
      }
      if (cue.words) assert.is(solid(cue.words.map(({ word }) => word).join('')), solid(cue.text))
    }
    if (given.every(({ words, start, end }) => words && end > start))
      assert.ok(made.every(({ words }) => words))
    if (given.every(({ words }) => !words)) assert.ok(made.every(({ words }) => !words))
  })
})

test('have one speaker, if cues are to end where the speaker changes', () => {
  holds(segments, (made, given, shaping) => {
    if (!limitsOf(shaping).breakOn.includes('speaker')) return
    const said = (speaker: string | undefined): string =>
      given
        .filter((it) => it.speaker === speaker)
        .map(({ text }) => solid(text))
        .join('')
    for (const speaker of ['A', 'B', undefined]) {
      const shown = made.filter((it) => it.speaker === speaker).map(({ text }) => solid(text))
      assert.is(shown.join(''), said(speaker))
    }
  })
})

const asSegments = (made: readonly Cue[], isTimed: boolean): readonly Segment[] =>
  made.map(({ start, end, text, words, speaker }, id) => ({
    ...{ id, start, end, text },
    ...(isTimed && words && { words }),
    ...(speaker !== undefined && { speaker }),
  }))

test('that fit stay as they are: with their words', () => {
  holds(segments, (made, given, shaping) => {
    if (!comesBack(made, given, shaping)) return
    // A pause that was closed is none without the times of words: where sentences may go on, one then does.
    const hasStop = given.some(({ text }) => /[.。]/.test(text))
    if (hasStop && made.some(({ words }) => words === undefined)) return
    assert.equal(cues(asSegments(made, true), shaping), made)
  })
})

const spaceless = String.raw`\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\u3001-\u303f\u30fc\uff01-\uff60`

/** Of a space between such characters at the end of a line nothing is left. */
const losesSpaces = (given: readonly Segment[]): boolean =>
  given.some(({ text }) => new RegExp(`[${spaceless}]\\s+[${spaceless}]`, 'u').test(text))

/** A word that is torn apart has a space in it when it comes back. */
const tearsWords = (given: readonly Segment[], shaping: SubtitleShaping): boolean => {
  const runs = given.flatMap(
    ({ text }) => text.match(new RegExp(`[^\\s${spaceless}]+`, 'gu')) ?? [],
  )
  return runs.some((run) => columnsOf(run) > limitsOf(shaping).columns)
}

/** Two in one are one when they come back: what begins the second may then be tied to the first. */
const joinsSegments = (made: readonly Cue[], given: readonly Segment[]): boolean => {
  const ends = placesOfEnds(made)
  return [...placesOfEnds(given)].some((end) => !ends.has(end))
}

const placesOfEnds = (all: readonly { readonly text: string }[]): ReadonlySet<number> => {
  let place = 0
  return new Set(
    all.map(({ text }) => {
      place += solid(text).length
      return place
    }),
  )
}

const comesBack = (
  made: readonly Cue[],
  given: readonly Segment[],
  shaping: SubtitleShaping,
): boolean =>
  fits(made, shaping) &&
  !losesSpaces(given) &&
  !tearsWords(given, shaping) &&
  !joinsSegments(made, given)

/**
 * Dictionaries know other words than engines do, so that words are not taken from those who had some. Without full stops,
 * as sentences that go on are cut anew, and times that are spread anew may then have another best place.
 */
const untimed = segments.map((all) =>
  all
    .map(({ words: _, ...segment }) => ({ ...segment, text: segment.text.replace(/[.。]/g, '') }))
    .filter(({ text }) => text.trim() !== ''),
)

test('that fit stay as they are: without', () => {
  holds(untimed, (made, given, shaping) => {
    if (!comesBack(made, given, shaping)) return
    assert.equal(cues(asSegments(made, false), shaping), made)
  })
})

const fits = (made: readonly Cue[], shaping: SubtitleShaping): boolean => {
  const { minMs, speed, gapMs } = limitsOf(shaping)
  return pairs(made).every(([cue, next]) => {
    const shown = inMs(cue.end) - inMs(cue.start)
    const gap = next === undefined ? gapMs : inMs(next.start) - inMs(cue.end)
    return shown >= minMs && gap >= gapMs && (lengthOf(cue) + 3) * 1000 <= shown * speed
  })
}

test('are the same each time, and change nothing', () => {
  holds(both, (made, given, shaping) => {
    const before = JSON.stringify(given)
    assert.equal(cues(given, shaping), made)
    assert.is(JSON.stringify(given), before)
  })
})

test.run()
