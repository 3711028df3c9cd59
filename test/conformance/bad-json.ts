/** Texts and bytes in the spirit of nst/JSONTestSuite, and a generator of what happens to good messages on bad ways. */
import fc from 'fast-check'

/** None of these is JSON. */
export const noJson: readonly string[] = [
  '[1 true]',
  '[1,]',
  '[,1]',
  '[1,,2]',
  '["x"]]',
  '["",]',
  '["x"',
  '[x',
  '[3[4]]',
  '[:1]',
  '[,',
  '[*]',
  '[""',
  '[1,',
  '[{}',
  '[-]',
  '[-2.]',
  '[.1]',
  '[.2e-3]',
  '[0.e1]',
  '[0e]',
  '[1.0e+]',
  '[1eE2]',
  '[2.e3]',
  '[+1]',
  '[++1]',
  '[-01]',
  '[012]',
  '[1_000]',
  '[0x1]',
  '[0x]',
  '[Infinity]',
  '[-Infinity]',
  '[NaN]',
  '[-NaN]',
  '[1a]',
  '[1ea]',
  '[1+2]',
  '[nul]',
  '[tru]',
  '[fals]',
  '[True]',
  '{"x"::1}',
  '{"x":1,}',
  '{"x":1,,}',
  '{"x" 1}',
  '{"x"}',
  '{x:1}',
  "{'x':1}",
  '{"x":1/**/}',
  '{"x":1}//',
  '{"x":1}#',
  '{1:1}',
  '{"a":"b",,"c":1}',
  '{"x":,}',
  '{,}',
  '{:1}',
  '{"x":1',
  '{"x',
  '{',
  '}',
  ']',
  '[',
  '{]',
  '[}',
  '{}}',
  '[][]',
  '{}{}',
  '1 2',
  '["\\u00A"]',
  '["\\u"]',
  '["\\uD834\\uDd"]',
  '["\\x00"]',
  '["\\a"]',
  '["\\"]',
  '["\\',
  '["\t"]',
  '["\u0001"]',
  '["new\rline"]',
  '"',
  "'x'",
  'undefined',
  '\u2060',
  '\u00a0',
  '\ufeff',
  '<null>',
  'Content-Length: 5',
  'DEBUG: hello',
  '\u0000',
  '[\u0000]',
  '-',
  '.',
]

/** Bytes that are no UTF-8, wherever they stand. */
export const noUtf8: readonly (readonly number[])[] = [
  [0xff],
  [0xfe, 0xff],
  [0x80],
  [0xc3],
  [0xc3, 0x28],
  [0xc0, 0xaf],
  [0xe2, 0x82],
  [0xed, 0xa0, 0x80],
  [0xed, 0xbf, 0xbf],
  [0xf0, 0x9f, 0x98],
  [0xf4, 0x90, 0x80, 0x80],
  [0xf8, 0x88, 0x80, 0x80, 0x80],
]

const tokens = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '\\',
  '\\u0000',
  '\\ud800',
  '"id":',
  '"method":null',
  '"result":1',
  'null',
  'true',
  '1e400',
  '-0',
  '9007199254740993',
  '.',
  'e',
  ' ',
  '\t',
  '\r',
  '\u0000',
  '\u00a0',
  '\ufeff',
  '😀',
  '[[[[[[[[[[[[',
  ']]]]]]]]]]]]',
  '"params":7,',
]

const nasty: fc.Arbitrary<Buffer> = fc.oneof(
  fc.constantFrom(...tokens).map((token) => Buffer.from(token)),
  fc.constantFrom(...noUtf8).map((bytes) => Buffer.from(bytes)),
  fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes.filter((byte) => byte !== 10))),
)

/** One thing that may happen to a message: what, where (as a share of its length), and with which bytes. */
const accident = fc.record({
  what: fc.constantFrom('insert', 'replace', 'delete', 'cut', 'repeat'),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat({ max: 8 }),
  bytes: nasty,
})

/** @param good - texts of messages; what becomes of them may be good all the same */
export const damaged = (good: fc.Arbitrary<string>): fc.Arbitrary<Buffer> =>
  fc.tuple(good, fc.array(accident, { minLength: 1, maxLength: 3 })).map(([text, accidents]) =>
    accidents.reduce((bytes, { what, at, length, bytes: more }) => {
      const from = Math.floor(at * bytes.length)
      const [head, middle, tail] = [
        bytes.subarray(0, from),
        bytes.subarray(from, from + length),
        bytes.subarray(from + length),
      ]
      switch (what) {
        case 'insert':
          return Buffer.concat([head, more, middle, tail])
        case 'replace':
          return Buffer.concat([head, more, tail])
        case 'delete':
          return Buffer.concat([head, tail])
        case 'cut':
          return Buffer.from(head)
        default:
          return Buffer.concat([head, middle, middle, tail])
      }
    }, Buffer.from(text)),
  )
