/** The method `subtitles.render`, in an engine. */
import fc from 'fast-check'
import { map } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { engine, method } from '../../src/index.js'
import {
  OutputFormat,
  SubtitlesRenderRequest,
  SubtitlesRenderResult,
} from '../../src/models/subtitles.js'
import { toJsonSchema } from '../../src/protocol/json-schema.js'
import { parseSrt, parseVtt } from '../../src/subtitles/parse.js'
import { contentOf, render } from '../../src/subtitles/render.js'
import { marbles, testEngine } from '../../src/testing/index.js'
import { arbitraryOf } from '../models/arbitrary-of.js'
import { runs, segments, shaping } from './arbitrary.js'
import { segment } from './segments.js'

const test = suite('subtitles.render')
const formats = toJsonSchema(OutputFormat)['enum'] as readonly OutputFormat[]

test('has a text for each format', () => {
  const given = [segment('Hello, world.', 0, 2)]
  const texts = formats.map((format) => [format, render({ segments: given, format })])
  assert.equal(Object.fromEntries(texts.filter(([format]) => format !== 'json')), {
    text: { format: 'text', text: 'Hello, world.\n' },
    srt: { format: 'srt', text: '1\n00:00:00,000 --> 00:00:02,000\nHello, world.\n' },
    vtt: { format: 'vtt', text: 'WEBVTT\n\n00:00:00.000 --> 00:00:02.000\nHello, world.\n' },
    lrc: { format: 'lrc', text: '[00:00.00]Hello, world.\n' },
  })
  assert.is(JSON.parse(render({ segments: given, format: 'json' }).text).text, 'Hello, world.')
})

test('shapes as it is told', () => {
  const given = [segment('Hello, world.', 0, 2)]
  const { text } = render({ segments: given, format: 'srt', shaping: { maxCharsPerLine: 6 } })
  assert.match(text, /\nHello,\nworld\.\n$/)
})

test('has the times of words, and facts of the audio, when asked', () => {
  const words = [
    { start: 0, end: 1, word: 'Hello,' },
    { start: 1, end: 2, word: ' world.' },
  ]
  const given = [segment('Hello, world.', 0, 2, { words })]
  assert.not.match(render({ segments: given, format: 'vtt' }).text, /<00/)
  const timed = /Hello, <00:00:01\.000>world\./
  assert.match(render({ segments: given, format: 'vtt', wordTimes: true }).text, timed)
  assert.match(contentOf(given, 'vtt', { times: 'words' }), timed)
  const facts = { language: 'en', duration: 2.5, task: 'translate' } as const
  const told = /"translate",\s*"language": "en",\s*"duration": 2\.5/
  assert.match(render({ segments: given, format: 'json', ...facts }).text, told)
  assert.match(contentOf(given, 'json', { facts }), told)
})

test('answers whatever its codec lets through', () => {
  const anything = arbitraryOf(SubtitlesRenderRequest) as fc.Arbitrary<SubtitlesRenderRequest>
  const likely = fc.record(
    { segments, shaping, format: fc.constantFrom(...formats) },
    { requiredKeys: ['segments', 'format'] },
  )
  fc.assert(
    fc.property(fc.oneof(anything, likely), (request) => {
      const result = render(request as SubtitlesRenderRequest)
      assert.ok(SubtitlesRenderResult.is(result))
      if (result.format === 'srt') assert.is(parseSrt(result.text)._tag, 'Right')
      if (result.format === 'vtt') assert.is(parseVtt(result.text)._tag, 'Right')
      if (result.format === 'json') JSON.parse(result.text)
      assert.not.match(result.text, /\r|\ufeff|\p{Surrogate}/u)
    }),
    runs,
  )
})

const subtitles = engine({
  name: 'subtitles',
  version: '1.0.0',
  methods: {
    'subtitles.render': method({
      params: SubtitlesRenderRequest,
      result: SubtitlesRenderResult,
      handler: render,
    }),
  },
})

test(
  'is the handler of a method as it is',
  marbles(({ clock, expectObservable }) => {
    const { send, replies } = testEngine(clock, subtitles)
    const segments = [{ id: 0, start: 0, end: 2, text: 'Hello.' }]
    const call = (params: unknown) => ({ method: 'subtitles.render', params })
    send('ab', { a: call({ segments, format: 'text' }), b: call({ segments, format: 'doc' }) })
    const told = replies.pipe(
      map(({ result, error }) => result ?? (error as { readonly code: number }).code),
    )
    expectObservable(told).toBe('ab', { a: { text: 'Hello.\n', format: 'text' }, b: -32602 })
  }),
)

test.run()
