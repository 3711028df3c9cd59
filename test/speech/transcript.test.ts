import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { TranscribeProgress } from '../../src/models/transcribe-progress.js'
import type { TranscribeRequest } from '../../src/models/transcribe-request.js'
import { TranscribeResult } from '../../src/models/transcribe-result.js'
import type { Heard, HeardSegment } from '../../src/speech/backend.js'
import { Transcript } from '../../src/speech/transcript.js'

const test = suite('transcript')
const facts = {
  ...{ engine: 'stub', model: 'small', device: 'cpu', computeType: 'int8' },
  timings: { queueMs: 1, loadMs: 2, decodeMs: 2500 },
}
type Done = Extract<Heard, { kind: 'done' }>
const done: Done = { kind: 'done', duration: 10, language: 'en', timestampSource: 'model' }
const started: Heard = { kind: 'started', duration: 10 }
const segment = (
  start: number,
  end: number,
  text: string,
  more: Partial<HeardSegment> = {},
): Heard => ({
  kind: 'segment',
  segment: { start, end, text, ...more },
})

/** All that is told of what is heard, and the result. */
const all = (
  heard: readonly Heard[],
  request: Partial<TranscribeRequest> = {},
  end: Partial<Done> = {},
) => {
  const audio = { path: '/a.wav' }
  const transcript = new Transcript({ audio, model: 'small', task: 'transcribe', ...request })
  const told: unknown[] = []
  for (const it of heard) if (it.kind !== 'done') told.push(...transcript.take(it))
  told.push(...transcript.end({ ...done, ...end }, facts))
  const result = told.pop()
  assert.ok(TranscribeResult.is(result))
  return { progress: told as TranscribeProgress[], result: result as TranscribeResult }
}
const textsTold = (progress: readonly TranscribeProgress[]) =>
  progress.flatMap((it) => (it.kind === 'segment' ? [`${it.segment.id} ${it.segment.text}`] : []))

test('numbers what it tells, and ends with all of it', () => {
  const { progress, result } = all([
    started,
    segment(0, 2, ' One. '),
    { kind: 'progress', processed: 2 },
    segment(3, 5, 'Two.'),
  ])
  assert.equal(progress, [
    { kind: 'started', seq: 0, duration: 10 },
    { kind: 'segment', seq: 1, segment: { start: 0, end: 2, text: 'One.', id: 0 } },
    { kind: 'progress', seq: 2, processed: 2, duration: 10, ratio: 0.2 },
    { kind: 'segment', seq: 3, segment: { start: 3, end: 5, text: 'Two.', id: 1 } },
    { kind: 'progress', seq: 4, processed: 10, duration: 10, ratio: 1 },
  ])
  assert.equal(result, {
    ...{ text: 'One. Two.', language: 'en', duration: 10, timestampSource: 'model' },
    segments: [
      { start: 0, end: 2, text: 'One.', id: 0 },
      { start: 3, end: 5, text: 'Two.', id: 1 },
    ],
    ...{ ...facts, timings: { ...facts.timings, rtf: 0.25 }, warnings: [] },
  })
})

test('begins with started, even if the backend forgets to', () => {
  const { progress } = all([segment(0, 2, 'One.')])
  assert.equal(
    progress.map(({ kind }) => kind),
    ['started', 'segment', 'progress'],
  )
  assert.equal(all([]).progress[0], { kind: 'started', seq: 0, duration: 10, language: 'en' })
})

test('progress never goes back, nor beyond the end', () => {
  const heard = [2, 1, 2, 30, 10].map((processed): Heard => ({ kind: 'progress', processed }))
  const { progress } = all([started, ...heard])
  assert.equal(
    progress.flatMap((it) => (it.kind === 'progress' ? [it.ratio] : [])),
    [0.2, 1],
  )
})

test('audio may turn out longer than was told, and has room then', () => {
  const { progress, result } = all(
    [
      started,
      segment(8, 10, 'One.'),
      { kind: 'progress', processed: 10 },
      { kind: 'progress', processed: 10, duration: 30 },
      segment(20, 25, 'Two.'),
      { kind: 'progress', processed: 25 },
    ],
    {},
    { duration: 30 },
  )
  assert.equal(
    result.segments.map(({ start, end }) => [start, end]),
    [
      [8, 10],
      [20, 25],
    ],
  )
  assert.equal(result.warnings, [])
  // It had been told that all is done: a share does not go back.
  assert.equal(
    progress.flatMap((it) => (it.kind === 'progress' ? [it.ratio] : [])),
    [1],
  )
})

test('progress of a part is a share of that part', () => {
  const clip = { start: 4, end: 8 }
  const { progress } = all([started, { kind: 'progress', processed: 5 }], { clip })
  assert.equal(
    progress.flatMap((it) => (it.kind === 'progress' ? [[it.processed, it.ratio]] : [])),
    [
      [5, 0.25],
      [8, 1],
    ],
  )
})

test('does not tell of what is a loop, or a guess, by itself', () => {
  const { progress, result } = all([
    started,
    segment(0, 1, 'Hello.'),
    segment(1, 2, 'Thank you.'),
    segment(2, 3, 'Thank you.'),
    segment(3, 4, 'Thank you.'),
    segment(4, 5, 'Thank you.'),
    segment(5, 6, 'You', { noSpeechProb: 0.95, avgLogprob: -1.5 }),
    segment(6, 7, 'Bye.'),
  ])
  // Two that say the same are no loop yet.
  assert.equal(textsTold(progress), ['0 Hello.', '1 Thank you.', '2 Thank you.', '3 Bye.'])
  assert.equal(
    result.segments.map(({ id, text }) => `${id} ${text}`),
    ['0 Hello.', '1 Thank you.', '2 Bye.'],
  )
  assert.equal(
    result.warnings.map(({ kind, start }) => [kind, start]),
    [
      ['repetition', 2],
      ['silence', 5],
    ],
  )
})

test('leaves out text where nobody speaks, once that is known', () => {
  const heard = [started, segment(0, 2, 'One.'), segment(6, 8, 'Two.')]
  const { result } = all(heard, {}, { speech: [{ start: 0, end: 2 }], durationAfterVad: 2.00001 })
  assert.is(result.text, 'One.')
  assert.is(result.durationAfterVad, 2)
  assert.equal(
    result.warnings.map(({ kind }) => kind),
    ['silence'],
  )
  assert.not('speech' in result)
})

test('says why there is no text', () => {
  const { result } = all([started, segment(0, 1, '  ')])
  assert.equal([result.text, result.segments, result.emptyReason], ['', [], 'no_speech'])
})

test('puts warnings in the order of time', () => {
  const warnings = [{ kind: 'short', message: 'It is short.' }]
  const { result } = all([started, segment(9, 12, 'Late.')], {}, { warnings })
  assert.equal(
    result.warnings.map(({ kind }) => kind),
    ['short', 'timestamps'],
  )
})

test('what seems to be made up is left out, or told with a warning, as the request has it', () => {
  const heard = [
    started,
    ...[0, 1, 2, 3].map((at) => segment(at, at + 1, 'Thank you.')),
    segment(5, 6, 'You', { noSpeechProb: 0.95, avgLogprob: -1.2 }),
  ]
  const textsFor = (guards?: TranscribeRequest['guards']) => {
    const { progress, result } = all(heard, guards === undefined ? {} : { guards })
    const kinds = result.warnings.map(({ kind }) => kind)
    return [textsTold(progress).length, result.segments.length, kinds]
  }
  assert.equal(textsFor(), [2, 1, ['repetition', 'silence']])
  assert.equal(textsFor('drop'), textsFor())
  assert.equal(textsFor('flag'), [5, 5, ['repetition', 'silence']])
  assert.equal(textsFor('off'), [5, 5, []])
})

test('puts the times of words into WebVTT where they are wanted', () => {
  const words = [
    { start: 0, end: 1, word: 'One' },
    { start: 1, end: 2, word: ' two.' },
  ]
  const heard = [started, segment(0, 2, 'One two.', { words })]
  const vtt = (wordTimestamps: boolean) =>
    all(heard, { wordTimestamps, outputs: ['vtt'] }).result.outputs?.vtt ?? ''
  assert.match(vtt(true), 'One <00:00:01.000>two.')
  assert.match(vtt(false), 'One two.')
})

test.run()
