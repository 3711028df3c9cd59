import fc from 'fast-check'
import { isRight, type Right } from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { compileDecoder, compileEncoder } from '../../src/protocol/codec.js'
import { models } from './all-models.js'
import { arbitraryOf, json } from './arbitrary-of.js'

const test = suite('models')
const runs = { numRuns: 50, includeErrorInReport: true }

const isObject = t.UnknownRecord.is
const isRequest = (name: string): boolean => name.endsWith('Request')

for (const [name, codec] of Object.entries(models)) {
  const decode = compileDecoder(codec)
  const encode = compileEncoder(codec)

  test(`${name} comes back from JSON as it was`, () => {
    fc.assert(
      fc.property(arbitraryOf(codec), (value) => {
        const encoded = encode(value)
        assert.ok(isRight(encoded), JSON.stringify(encoded))
        const sent = JSON.parse(JSON.stringify((encoded as Right<unknown>).right))
        assert.equal(decode(sent), { _tag: 'Right', right: value })
      }),
      runs,
    )
  })

  test(`${name} decodes or refuses any JSON, and never throws`, () => {
    fc.assert(
      fc.property(json, (value) => {
        if (isRight(decode(value))) assert.ok(codec.is(value))
      }),
      runs,
    )
  })
}

const extra = 'x-of-a-newer-peer'

for (const [name, codec] of Object.entries(models).filter(([name]) => isRequest(name))) {
  test(`${name} refuses a member that it does not know, and says where`, () => {
    const decode = compileDecoder(codec)
    fc.assert(
      fc.property(arbitraryOf(codec), json, (value, more) => {
        const decoded = decode({ ...(value as object), [extra]: more })
        assert.equal(decoded._tag === 'Left' && decoded.left.problems.map(({ path }) => path), [
          `/${extra}`,
        ])
      }),
      runs,
    )
  })
}

/** Every object in a value gets one more member, where it is not of names that nobody knows beforehand. */
const grown = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(grown)
  if (!isObject(value)) return value
  const members = Object.entries(value).map(([key, it]) => [
    key,
    ['attributes', 'limits', 'checks', 'slowest'].includes(key) ? it : grown(it),
  ])
  return { ...Object.fromEntries(members), [extra]: [1] }
}

const isTold = (name: string): boolean =>
  /(Result|Info|Status|Health|Snapshot|Data|Progress)$/.test(name)
for (const [name, codec] of Object.entries(models).filter(([name]) => isTold(name))) {
  test(`${name} keeps members that it does not know, however deep`, () => {
    const decode = compileDecoder(codec)
    const encode = compileEncoder(codec)
    fc.assert(
      fc.property(arbitraryOf(codec), (value) => {
        const more = grown(value)
        assert.equal(decode(more), { _tag: 'Right', right: more })
        const encoded = encode(more)
        assert.is(encoded._tag === 'Right' && encoded.right, more, 'nothing is copied')
      }),
      runs,
    )
  })
}

test('a request refuses what is unknown in its parts, too', () => {
  const decode = compileDecoder(models['TranscribeRequest'] as t.Mixed)
  const request = {
    audio: { path: 'a.wav', paht: 'a.wav' },
    model: 'tiny.en',
    task: 'transcribe',
    vad: { treshold: 0.5 },
    clip: { form: 1 },
    shaping: { maxChars: 42 },
  }
  const decoded = decode(request)
  const paths = decoded._tag === 'Left' ? decoded.left.problems.map(({ path }) => path) : []
  assert.equal(paths.sort(), ['/audio/paht', '/clip/form', '/shaping/maxChars', '/vad/treshold'])
})

test('audio of no kind, or of two, is told the kinds; of one kind, what is wrong with it', () => {
  const decode = compileDecoder(models['AudioInput'] as t.Mixed)
  const told = (audio: unknown): unknown => {
    const decoded = decode(audio)
    return decoded._tag === 'Left' ? decoded.left.problems : decoded.right
  }
  const expected = 'path, base64 with format, or pcm16Base64 with sampleRate'
  for (const audio of [{}, { path: 'a', base64: 'AAAA', format: 'wav' }, { base64: 'AAAA' }]) {
    assert.equal(told(audio), [{ path: '', expected, got: 'object' }])
  }
  assert.equal(told({ path: 5 }), [{ path: '/path', expected: 'string', got: 'number' }])
})

const emptyResult = {
  ...{ text: '', language: 'en', duration: 0, segments: [], timestampSource: 'vad', warnings: [] },
  ...{ engine: 'fake', model: 'none', device: 'cpu', computeType: 'int8' },
  timings: { queueMs: 0, loadMs: 0, decodeMs: 0, rtf: 0 },
}

test('a result may be empty if it says why', () => {
  const result = { ...emptyResult, emptyReason: 'no_speech' }
  assert.ok(isRight(compileDecoder(models['TranscribeResult'] as t.Mixed)(result)))
})

const problems: readonly (readonly [string, unknown, string])[] = [
  ['TranscribeResult', emptyResult, 'TranscribeResult with text or emptyReason'],
  ['Span', { start: 2, end: 1 }, 'Span with start ≤ end'],
  ['Clip', { start: 2, end: 1 }, 'Clip with start ≤ end'],
  ['Word', { start: 2, end: 1, word: 'a' }, 'Word with start ≤ end'],
  [
    'SubtitleShaping',
    { minDurationMs: 2, maxDurationMs: 1 },
    'SubtitleShaping with minDurationMs ≤ maxDurationMs',
  ],
  ['PcmChunk', { pcm16Base64: 'A'.repeat(850), sampleRate: 16_000 }, 'PcmChunk with 20 to 500 ms'],
  [
    'PcmChunk',
    { pcm16Base64: 'A'.repeat(21_340), sampleRate: 16_000 },
    'PcmChunk with 20 to 500 ms',
  ],
]
for (const [name, value, expected] of problems) {
  test(`${JSON.stringify(value).slice(0, 60)} is no ${name}`, () => {
    const decoded = compileDecoder(models[name] as t.Mixed)(value)
    const problem = { path: '', expected, got: 'object' }
    assert.equal(decoded, { _tag: 'Left', left: { problems: [problem], count: 1 } })
  })
}

test('chunks of 20 and of 500 ms are taken', () => {
  const decode = compileDecoder(models['PcmChunk'] as t.Mixed)
  for (const ms of [20, 500]) {
    const bytes = Buffer.alloc((16_000 * 2 * ms) / 1000)
    const chunk = { pcm16Base64: bytes.toString('base64'), sampleRate: 16_000 }
    assert.ok(isRight(decode(chunk)), `${ms} ms`)
  }
})

test('a number that JSON has not is no result', () => {
  const encode = compileEncoder(models['Span'] as t.Mixed)
  for (const end of [Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.is(encode({ start: 0, end })._tag, 'Left')
  }
})

test.run()
