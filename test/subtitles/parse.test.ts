/** Files as they are read: what was written comes back, and so does what others write. */
import fc from 'fast-check'
import { type Either, isRight } from 'fp-ts/lib/Either.js'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Cue, cueText } from '../../src/subtitles/cue.js'
import { cues } from '../../src/subtitles/cues.js'
import { type ParseProblem, parseSrt, parseVtt } from '../../src/subtitles/parse.js'
import { renderSrt } from '../../src/subtitles/srt.js'
import { renderVtt } from '../../src/subtitles/vtt.js'
import { runs, segments, shaping } from './arbitrary.js'

const test = suite('parsers of subtitles')

const right = (parsed: Either<ParseProblem, readonly Cue[]>): readonly Cue[] => {
  assert.ok(isRight(parsed), JSON.stringify(parsed))
  return isRight(parsed) ? parsed.right : []
}
const problem = (parsed: Either<ParseProblem, readonly Cue[]>): string =>
  isRight(parsed) ? 'none' : `${parsed.left.line}: ${parsed.left.message}`

/** Half of it is what means something to a format. */
const line = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
  fc
    .array(
      fc.constantFrom(
        '<',
        '>',
        '&',
        '-->',
        '&lt;',
        '<i>',
        '{\\an8}',
        '1',
        '00:01.000',
        ' ',
        'a',
        'NOTE',
        '\n',
        '\r',
        'WEBVTT',
        '日',
      ),
      { minLength: 1, maxLength: 8 },
    )
    .map((parts) => parts.join('')),
)
const text = fc
  .array(line, { minLength: 1, maxLength: 3 })
  .map((lines) => cueText(lines.join('\n')))
const ms = fc.oneof(fc.integer({ min: 0, max: 10_000 }), fc.integer({ min: 0, max: 400_000_000 }))
const cue: fc.Arbitrary<Cue> = fc
  .record({ at: ms, length: ms, text })
  .map((it) => ({ start: it.at / 1000, end: (it.at + it.length) / 1000, text: it.text }))
const some = fc.array(cue, { maxLength: 6 })

/** As an editor on another system saves it. */
const foreign = (file: string): string => `\ufeff${file.replaceAll('\n', '\r\n')}`

const comesBack = (
  given: fc.Arbitrary<readonly Cue[]>,
  through: (cues: readonly Cue[]) => readonly Cue[],
  expected: (cues: readonly Cue[]) => readonly Cue[] = (it) => it,
): void => {
  fc.assert(
    fc.property(given, (it) => assert.equal(through(it), expected(it))),
    runs,
  )
}

test('SubRip comes back to the millisecond', () => {
  comesBack(some, (it) => right(parseSrt(renderSrt(it), 'keep')))
  comesBack(some, (it) => right(parseSrt(foreign(renderSrt(it)), 'keep')))
})

test('SubRip comes back without its tags, which it cannot escape', () => {
  const plain = some.filter((it) => it.every((one) => !/[<{]/.test(one.text)))
  comesBack(plain, (it) => right(parseSrt(renderSrt(it))))
})

test('WebVTT comes back to the millisecond, with who speaks', () => {
  const name = line.map((it) => cueText(it).replaceAll('\n', ' ')).filter((it) => it !== '')
  const spoken = fc.array(
    fc
      .tuple(cue, fc.option(name))
      .map(([it, speaker]): Cue => ({ ...it, ...(speaker && { speaker }) })),
  )
  comesBack(spoken, (it) => right(parseVtt(renderVtt(it))))
  comesBack(spoken, (it) => right(parseVtt(foreign(renderVtt(it)))))
})

/** Without what the format does not tell: when a word ends, and how likely it is. */
const told = (given: readonly Cue[]): readonly Cue[] =>
  given.map(({ words = [], ...it }) => ({
    ...it,
    ...(words.length > 1 && {
      words: words.map(({ start, word }, at) => ({
        ...{ start, word, end: words[at + 1]?.start ?? it.end },
      })),
    }),
  }))

test('WebVTT comes back with the times of words', () => {
  const word = line
    .map((it) => cueText(it).replace(/\s+/g, ''))
    .filter((it) => /[\p{L}\p{N}]/u.test(it))
  const worded = fc
    .record({
      at: ms,
      words: fc.array(fc.tuple(word, fc.integer({ min: 1, max: 900 })), {
        minLength: 1,
        maxLength: 8,
      }),
    })
    .map(({ at, words }): Cue => {
      let ends = at
      const timed = words.map(([text, length]) => {
        const start = ends
        ends += length
        return { start: start / 1000, end: ends / 1000, word: text }
      })
      const text = words.map(([it], index) => (index % 3 === 2 ? `\n${it}` : ` ${it}`)).join('')
      return { start: at / 1000, end: ends / 1000, text: cueText(text), words: timed }
    })
    // Joined, two of them may be what no text can hold.
    .filter(
      ({ text, words = [] }) => text.replace(/\s/g, '') === words.map((it) => it.word).join(''),
    )
  comesBack(
    fc.array(worded, { maxLength: 5 }),
    (it) => right(parseVtt(renderVtt(it, 'words'))),
    told,
  )
})

test('cues of any transcript come back', () => {
  fc.assert(
    fc.property(segments, shaping, (given, limits) => {
      const made = cues(given, limits)
      const bare = made.map(({ start, end, text }) => ({ start, end, text }))
      assert.equal(right(parseSrt(renderSrt(made), 'keep')), bare)
      const back = right(parseVtt(renderVtt(made, 'words')))
      assert.equal(
        back.map(({ start, end, text }) => ({ start, end, text })),
        bare,
      )
    }),
    runs,
  )
})

test('what is read is written again as it was', () => {
  comesBack(some, (it) => right(parseVtt(renderVtt(right(parseVtt(renderVtt(it)))))))
})

const garbage = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '\n',
        '\n\n',
        '1',
        '00:00:01,000 --> 00:00:02,000',
        '-->',
        'NOTE',
        'STYLE',
        '<v ',
        '<00:01.000>',
        '&#',
        ';',
        '\r',
        '\ufeff',
      ),
      fc.string({ unit: 'binary' }),
    ),
  )
  .map((parts) => parts.join(''))

test('any text is read, or refused with a line that it has', () => {
  fc.assert(
    fc.property(garbage, fc.boolean(), (file, isVtt) => {
      const given = isVtt ? `WEBVTT\n${file}` : file
      const parsed = isVtt ? parseVtt(given) : parseSrt(given)
      if (isRight(parsed)) {
        for (const { text, start, end } of parsed.right) {
          assert.is(cueText(text), text)
          assert.ok(start <= end)
        }
      } else {
        const { line } = parsed.left
        assert.ok(line >= 1 && line <= given.split(/\r\n|\n|\r/).length)
      }
    }),
    runs,
  )
})

const hello: Cue = { start: 1, end: 2.5, text: 'Hello,\nworld.' }

test('SubRip is read as others write it', () => {
  const files = [
    '1\n00:00:01,000 --> 00:00:02,500\nHello,\nworld.\n',
    '\ufeff1\r\n00:00:01,000 --> 00:00:02,500\r\nHello,\r\nworld.',
    '00:00:01.000 --> 00:00:02.500\nHello,\nworld.\n\n\n',
    '\n\n 7 \n0:0:1,0-->0:0:2,5  X1:1 X2:2\n  Hello, \n\nworld.\n',
    '1\n00:01 --> 00:02.5\n<i>Hello,</i>\n{\\an8}<font color="#fff">world</font>.\n',
    '1\r00:00:01,000 --> 00:00:02,500\rHello,\rworld.\r',
  ]
  for (const file of files) assert.equal(right(parseSrt(file)), [hello], JSON.stringify(file))
  assert.equal(right(parseSrt('\n')), [])
})

test('SubRip without blank lines between cues, and with text that is a number', () => {
  const file =
    '1\n00:01 --> 00:02\n42\n2\n00:02 --> 00:03\nb\n00:03 --> 00:04\n\n4\n00:04 --> 00:05\nc'
  assert.equal(
    right(parseSrt(file)).map(({ start, text }) => `${start} ${text}`),
    ['1 42', '2 b', '3 ', '4 c'],
  )
})

test('tags of SubRip are kept when asked, and what is none is always kept', () => {
  const file = '1\n00:01 --> 00:02\n<i>a</i> < b > <bold> {c}\n'
  assert.is(right(parseSrt(file, 'keep'))[0]?.text, '<i>a</i> < b > <bold> {c}')
  assert.is(right(parseSrt(file))[0]?.text, 'a < b > <bold> {c}')
})

test('WebVTT is read as others write it', () => {
  const files = [
    'WEBVTT\n\n00:01.000 --> 00:02.500\nHello,\nworld.',
    '\ufeffWEBVTT - Title\r\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0\r\n\r\nid\r\n00:00:01.000 --> 00:00:02.500 align:start line:0\r\nHello,\r\nworld.\r\n',
    'WEBVTT\n00:01,000 --> 00:02,500\nHello,\nworld.\n',
    'WEBVTT\n\nNOTE one\ntwo\n\nSTYLE\n::cue { color: red }\n\nREGION\nid:a\n\n00:01.000 --> 00:02.500\n<c.red>Hello</c>,\n<b>world</b>.\n\nNOTE\n',
    'WEBVTT\t\n\n00:01.000 --> 00:02.500\nHello&#44;\nworld&#x2e;\n',
  ]
  for (const file of files) assert.equal(right(parseVtt(file)), [hello], JSON.stringify(file))
  assert.equal(right(parseVtt('WEBVTT')), [])
})

test('WebVTT: entities, and what is none', () => {
  const file =
    'WEBVTT\n\n00:01.000 --> 00:02.000\n&lt;i&gt; &amp;amp; a&nbsp;b &rlm;&toString; &#0; &#x110000; & <'
  assert.is(
    right(parseVtt(file))[0]?.text,
    '<i> &amp; a\u00a0b \u200f&toString; &#0; &#x110000; & <',
  )
})

test('WebVTT: a sign that begins no tag is text', () => {
  const file = 'WEBVTT\n\n00:01.000 --> 00:02.000\na < b <i>c</i>'
  assert.is(right(parseVtt(file))[0]?.text, 'a < b c')
})

test('WebVTT: who speaks, and when each word is said', () => {
  const file =
    'WEBVTT\n\n00:01.000 --> 00:03.000\n<v.loud Ann &amp; Bob>One <00:01.500><c>two</c>\n<00:00:02.250>three</v>\n'
  assert.equal(right(parseVtt(file)), [
    {
      ...{ start: 1, end: 3, text: 'One two\nthree', speaker: 'Ann & Bob' },
      words: [
        { start: 1, end: 1.5, word: 'One' },
        { start: 1.5, end: 2.25, word: 'two' },
        { start: 2.25, end: 3, word: 'three' },
      ],
    },
  ])
  assert.equal(right(parseVtt(file, 'keep')), [
    {
      ...{ start: 1, end: 3 },
      text: '<v.loud Ann &amp; Bob>One <00:01.500><c>two</c>\n<00:00:02.250>three</v>',
    },
  ])
})

const expected = 'expected the times of a cue, such as 00:01.500 --> 00:03.000'
const srtProblems: readonly (readonly [string, string])[] = [
  ['Hello', `1: ${expected}: "Hello"`],
  ['\n\n1\nHello\n', `4: ${expected}: "Hello"`],
  ['1\n00:00:01,000 -> 00:00:02,000\nHello', `2: ${expected}: "00:00:01,000 -> 00:00:02,000"`],
  ['x\n1\n00:01 --> 00:02\nHello', `1: ${expected}: "x"`],
  ['1\n00:01 --> 00:02\nHello\n\n2\n', `5: ${expected}: "2"`],
  ['1\n00:01 --> 00:60\nHello', '2: these are no times: "00:01 --> 00:60"'],
  ['1\n60:01 --> 60:02\nHello', '2: these are no times: "60:01 --> 60:02"'],
  ['1\n00:01 -->\nHello', '2: these are no times: "00:01 -->"'],
  ['1\n00:02 --> 00:01\nHello', '2: a cue ends before it starts: "00:02 --> 00:01"'],
  [
    `1\n00:01 --> 00:02\na\n\n2\n-->${'x'.repeat(99)}`,
    `6: these are no times: "-->${'x'.repeat(56)}…"`,
  ],
]
for (const [file, told] of srtProblems) {
  test(`SubRip ${JSON.stringify(file).slice(0, 60)} is told the line`, () => {
    assert.is(problem(parseSrt(file)), told)
  })
}

const vttProblems: readonly (readonly [string, string])[] = [
  ['', '1: a WebVTT file begins with WEBVTT'],
  ['WEBVTTX\n', '1: a WebVTT file begins with WEBVTT'],
  ['\nWEBVTT\n', '1: a WebVTT file begins with WEBVTT'],
  ['WEBVTT\n\nid\nHello\n', `3: ${expected}: "id"`],
  ['WEBVTT\n\n00:01.000 --> 00:02.000\na\n\nb\n', `6: ${expected}: "b"`],
  ['WEBVTT\n\n1\n', `3: ${expected}: "1"`],
  ['WEBVTT\n\n00:01.000 --> 0:\na\n', '3: these are no times: "00:01.000 --> 0:"'],
]
for (const [file, told] of vttProblems) {
  test(`WebVTT ${JSON.stringify(file).slice(0, 60)} is told the line`, () => {
    assert.is(problem(parseVtt(file)), told)
  })
}

test('long files take no longer than they are: a cue more is as much work as the first', () => {
  const many = Array.from(
    { length: 20_000 },
    (_, at): Cue => ({ start: at, end: at + 1, text: 'a' }),
  )
  assert.is(right(parseSrt(renderSrt(many))).length, many.length)
  assert.is(right(parseVtt(renderVtt(many))).length, many.length)
  const signs = '<'.repeat(200_000)
  assert.is(right(parseVtt(`WEBVTT\n\n00:01.000 --> 00:02.000\n${signs}`))[0]?.text, signs)
  assert.is(right(parseSrt(`00:01.000 --> 00:02.000\n${signs}`))[0]?.text, signs)
})

test.run()
