/** Files as they are written. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Cue } from '../../src/subtitles/cue.js'
import { renderSrt } from '../../src/subtitles/srt.js'
import { timestamp } from '../../src/subtitles/timestamp.js'
import { renderJson, renderLyrics, renderText } from '../../src/subtitles/transcript.js'
import { renderVtt } from '../../src/subtitles/vtt.js'
import { segment } from './segments.js'

const test = suite('formats of subtitles')

const cue = (start: number, end: number, text: string, more: Partial<Cue> = {}): Cue => ({
  ...{ start, end, text },
  ...more,
})
const two = [cue(0, 1.5, 'Hello,\nworld.'), cue(3661.042, 3662, 'Bye.')]

test('SubRip', () => {
  assert.is(
    renderSrt(two),
    '1\n00:00:00,000 --> 00:00:01,500\nHello,\nworld.\n\n2\n01:01:01,042 --> 01:01:02,000\nBye.\n',
  )
  assert.is(renderSrt([]), '')
})

test('WebVTT', () => {
  assert.is(
    renderVtt(two),
    'WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nHello,\nworld.\n\n01:01:01.042 --> 01:01:02.000\nBye.\n',
  )
  assert.is(renderVtt([]), 'WEBVTT\n')
})

const textOf = (one: Cue, times?: 'words' | 'none'): string =>
  renderVtt([one], times).split('\n').slice(3).join('\n')

test('WebVTT has escapes, and names who speaks', () => {
  const one = cue(0, 1, 'a < b && c -> d', { speaker: 'A\n<&>' })
  assert.is(textOf(one), '<v A &lt;&amp;&gt;>a &lt; b &amp;&amp; c -&gt; d\n')
  assert.is(textOf(cue(0, 1, 'a', { speaker: '\n' })), 'a\n')
  assert.is(textOf(cue(0, 1, 'a', { speaker: 'A--' })), '<v A-- >a\n')
})

test('WebVTT has the times of words only when asked, and only those that grow and are within the cue', () => {
  const words = [
    { start: 1, end: 1.2, word: 'One' },
    { start: 1.2, end: 1.2, word: 'two,' },
    { start: 1.2, end: 1.5, word: '<three>' },
    { start: 1.5, end: 2, word: 'four' },
    { start: 2, end: 2, word: 'five.' },
  ]
  const one = cue(1, 2, 'One two,\n<three> four five.', { words })
  assert.is(textOf(one), 'One two,\n&lt;three&gt; four five.\n')
  assert.is(
    textOf(one, 'words'),
    'One <00:00:01.200>two,\n&lt;three&gt; <00:00:01.500>four five.\n',
  )
  assert.is(textOf({ ...one, text: 'Other words.' }, 'words'), 'Other words.\n')
  const cut = cue(1, 2, 'Donau-\nschiff fährt', {
    words: [
      { start: 1, end: 1.5, word: 'Donau-schiff' },
      { start: 1.5, end: 2, word: 'fährt' },
    ],
  })
  assert.is(textOf(cut, 'words'), 'Donau-\nschiff <00:00:01.500>fährt\n')
})

test('no text ends its cue', () => {
  const bad = [cue(0, 1, 'a\n\n1\n00:00:05,000 --> 00:00:06,000\r\rb\u2028\u0085c')]
  assert.is(renderSrt(bad).match(/-->/g)?.length, 1)
  assert.is(renderVtt(bad).match(/-->/g)?.length, 1)
  assert.not.match(renderSrt(bad), /\n\n|\r/)
})

test('times are in whole milliseconds, and have as many hours as it takes', () => {
  assert.is(timestamp(0.0005, '.'), '00:00:00.001')
  assert.is(timestamp(59.9996, '.'), '00:01:00.000')
  assert.is(timestamp(3599.999, ','), '00:59:59,999')
  assert.is(timestamp(360_000, ','), '100:00:00,000')
  assert.is(timestamp(1e300, ','), '277777:46:40,000')
})

test('lyrics', () => {
  assert.is(
    renderLyrics([...two, cue(6000, 6001, 'Late')]),
    '[00:00.00]Hello, world.\n[61:01.04]Bye.\n[100:00.00]Late\n',
  )
  assert.is(renderLyrics([cue(59.996, 61, 'Minute')]), '[01:00.00]Minute\n')
})

test('plain text: a line for each segment', () => {
  const segments = [segment(' Hello,\nworld. ', 0, 1), segment(' ', 1, 2), segment('Bye.', 2, 3)]
  assert.is(renderText(segments), 'Hello, world.\nBye.\n')
  assert.is(renderText([]), '')
})

test('JSON has all members that clients of verbose_json insist on', () => {
  const words = [
    { start: 0, end: 0.5, word: ' Hello', probability: 0.9 },
    { start: 0.5, end: 1.00049, word: ' world.' },
  ]
  const facts = { avgLogprob: -0.2, compressionRatio: 1.1, noSpeechProb: 0.01 }
  const segments = [
    segment(' Hello world.', 0, 1.00049, { words, ...facts }),
    segment(' Bye.', 2, 3, { id: 1, speaker: 'A' }),
  ]
  assert.equal(JSON.parse(renderJson(segments, { language: 'en', duration: 4 })), {
    task: 'transcribe',
    language: 'en',
    duration: 4,
    text: 'Hello world. Bye.',
    segments: [
      {
        ...{ id: 0, seek: 0, start: 0, end: 1, text: ' Hello world.', tokens: [], temperature: 0 },
        ...{ avg_logprob: -0.2, compression_ratio: 1.1, no_speech_prob: 0.01 },
      },
      {
        ...{ id: 1, seek: 0, start: 2, end: 3, text: ' Bye.', tokens: [], temperature: 0 },
        ...{ avg_logprob: 0, compression_ratio: 0, no_speech_prob: 0, speaker: 'A' },
      },
    ],
    words: [
      { word: 'Hello', start: 0, end: 0.5, probability: 0.9 },
      { word: 'world.', start: 0.5, end: 1 },
    ],
  })
})

test('JSON without facts says so', () => {
  assert.equal(JSON.parse(renderJson([segment('你好', 0, 3), segment('吗', 3, 3.5)])), {
    ...{ task: 'transcribe', language: 'und', duration: 3.5, text: '你好吗' },
    segments: JSON.parse(renderJson([segment('你好', 0, 3), segment('吗', 3, 3.5)])).segments,
  })
  assert.equal(JSON.parse(renderJson([])), {
    ...{ task: 'transcribe', language: 'und', duration: 0, text: '', segments: [] },
  })
})

test.run()
