/** What people write with a unit. */
import fc from 'fast-check'
import { isRight } from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { compileDecoder } from '../../src/protocol/codec.js'
import { duration, size } from '../../src/protocol/units.js'

const test = suite('units')

const decoded = (codec: t.Type<number, unknown, unknown>, value: unknown): number | undefined => {
  const outcome = compileDecoder(codec)(value)
  return isRight(outcome) ? outcome.right : undefined
}

test('a duration is milliseconds, or a number with its unit', () => {
  const table = [
    [250, 250],
    [0.5, 0.5],
    ['250ms', 250],
    ['1.5s', 1500],
    ['.5s', 500],
    ['5m', 300_000],
    ['1h', 3_600_000],
  ] as const
  for (const [text, ms] of table) assert.is(decoded(duration, text), ms, String(text))
})

test('a size is bytes, or a number with its unit', () => {
  const table = [
    [1, 1],
    ['1B', 1],
    ['64KiB', 65_536],
    ['1.5KiB', 1536],
    ['16MiB', 16_777_216],
    ['1GiB', 1_073_741_824],
    ['5kB', 5000],
    ['2MB', 2_000_000],
    ['1GB', 1_000_000_000],
    ['9007199254740991B', Number.MAX_SAFE_INTEGER],
  ] as const
  for (const [text, bytes] of table) assert.is(decoded(size, text), bytes, String(text))
})

const neither = [
  ...[
    '',
    ' ',
    '5',
    's',
    '-5s',
    '+5s',
    '5 s',
    ' 5s',
    '1e3s',
    '1.2.3s',
    '1d',
    '5S',
    '.s',
    '0s',
    '0B',
  ],
  ...['5mb', '16M', '16K', '0x10B', 'KiB', '-1KiB', '0.1KiB', '1_000B', 'NaN', 'Infinity'],
  ...[0, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60, null, undefined, true, [], ['5s'], {}],
]

test('anything else is neither', () => {
  for (const wrong of neither) {
    assert.is(decoded(duration, wrong), undefined, `${JSON.stringify(wrong)} as a duration`)
    assert.is(decoded(size, wrong), undefined, `${JSON.stringify(wrong)} as a size`)
  }
})

test('a decimal size of whole bytes is that, whatever numbers make of it', () => {
  for (const [unit, bytes] of [
    ['kB', 1e3],
    ['MB', 1e6],
    ['GB', 1e9],
  ] as const) {
    for (let i = 1; i < 3000; i += 1) {
      assert.is(decoded(size, `${i / 1000}${unit}`), Math.round((i * bytes) / 1000))
    }
  }
})

test('what is encoded decodes to the same', () => {
  const units = [1, 1000, 1024, 60_000, 2 ** 20, 3_600_000, 2 ** 30]
  const numbers = fc.oneof(
    fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    fc.tuple(fc.integer({ min: 1, max: 4000 }), fc.constantFrom(...units)).map(([n, u]) => n * u),
  )
  fc.assert(
    fc.property(numbers, (n) => {
      assert.is(decoded(size, size.encode(n)), n)
      assert.is(decoded(duration, duration.encode(n)), n)
    }),
  )
  const fractions = fc.double({ min: 1e-9, max: 1e15, noNaN: true, noDefaultInfinity: true })
  fc.assert(fc.property(fractions, (n) => decoded(duration, duration.encode(n)) === n))
})

test('the largest unit that divides a number is written', () => {
  assert.is(duration.encode(7_200_000), '2h')
  assert.is(duration.encode(90_000), '90s')
  assert.is(duration.encode(1500), '1500ms')
  assert.is(size.encode(16 * 2 ** 20), '16MiB')
  assert.is(size.encode(1000), 1000)
})

test.run()
