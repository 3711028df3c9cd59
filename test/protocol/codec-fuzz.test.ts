import fc from 'fast-check'
import * as t from 'io-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { compileDecoder, compileEncoder } from '../../src/protocol/codec.js'
import { cases } from './codec-arbitrary.js'

const test = suite('codec, against io-ts')
const runs = { numRuns: 1500, includeErrorInReport: true }

test('without strict codecs, verdict and value are those of decode', () => {
  const verdicts = { Left: 0, Right: 0 }
  fc.assert(
    fc.property(cases(['exact']), ({ codec, input }) => {
      const ours = compileDecoder(codec)(input)
      const theirs = codec.decode(input)
      verdicts[theirs._tag] += 1
      assert.is(ours._tag, theirs._tag)
      if (ours._tag === 'Right' && theirs._tag === 'Right') {
        assert.equal(ours.right, theirs.right)
        if (theirs.right === input)
          assert.is(ours.right, input, 'unchanged input keeps its reference')
      }
    }),
    runs,
  )
  assert.ok(Math.min(verdicts.Left, verdicts.Right) > 100, JSON.stringify(verdicts))
})

test('with strict codecs, what passes is what decode passes', () => {
  fc.assert(
    fc.property(cases(), ({ codec, input }) => {
      if (compileDecoder(codec)(input)._tag === 'Right')
        assert.is(codec.decode(input)._tag, 'Right')
    }),
    runs,
  )
})

// Where both members of an intersection describe one key, io-ts keeps what one of them stripped;
// for us every member has to accept it.
test('a key is a problem exactly where decode would strip it', () => {
  let stripped = 0
  const without = ['union', 'tuple', 'domain', 'filter', 'custom', 'overlap'] as const
  fc.assert(
    fc.property(cases(without), ({ codec, input }) => {
      const json = JSON.parse(JSON.stringify(input ?? null))
      const ours = compileDecoder(codec)(json)
      const theirs = codec.decode(json)
      const isKept = theirs._tag === 'Right' && isSameJson(theirs.right, json)
      if (theirs._tag === 'Right' && !isKept) stripped += 1
      assert.is(ours._tag, isKept ? 'Right' : 'Left')
    }),
    runs,
  )
  assert.ok(stripped > 20, `${stripped} stripped`)
})

/** Absent keys that a codec allows come back as undefined, which JSON does not see. */
const isSameJson = (one: unknown, two: unknown): boolean => {
  const sorted = (_: string, value: unknown) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value
  return JSON.stringify(one, sorted) === JSON.stringify(two, sorted)
}

test('a failure names one to eight problems, and counts at least as many', () => {
  fc.assert(
    fc.property(cases(), ({ codec, input }) => {
      const ours = compileDecoder(codec)(input)
      if (ours._tag === 'Right') return
      const { problems, count } = ours.left
      assert.ok(problems.length >= 1 && problems.length <= 8 && count >= problems.length)
      assert.is(problems.length, Math.min(count, 8))
      for (const { path } of problems) assert.match(path, /^(\/|$)/)
    }),
    runs,
  )
})

test('results pass as is() says, and encode as encode() says', () => {
  fc.assert(
    fc.property(cases(), ({ codec, input }) => {
      const ours = compileEncoder(codec)(input)
      if (codec.is(input)) assert.equal(ours, { _tag: 'Right', right: codec.encode(input) })
      // Keys that may be undefined may be absent; nothing else is let through.
      else if (ours._tag === 'Right') assert.ok(t.UnknownRecord.is(input) || Array.isArray(input))
    }),
    runs,
  )
})

test.run()
