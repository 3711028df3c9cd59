/** The worker as a host sees it: a process of its own, with the real detector and a model that does as its folder is named. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Client } from '../../../src/host/index.js'
import { stateOf } from '../../../src/platform/process-table.js'
import { waveFile } from '../../samples/wave-file.js'
import { recording } from './recording.js'
import {
  failureOf,
  folder,
  modelFolder,
  removeFolder,
  startWorker,
  tricks,
} from './worker-process.js'

const test = suite('the worker of sherpa-onnx')
let worker: Client

test.before(async () => {
  tricks()
  worker = await startWorker()
})
test.after(async () => {
  await worker.close()
  removeFolder()
})

// biome-ignore lint/suspicious/noExplicitAny: what a worker tells is compared member by member
type Told = any

const load = async (name: string): Promise<unknown> =>
  worker.request('load', { model: name, path: modelFolder(name) })

const transcribe = async (model: string, params: object = {}) => {
  const told: Told[] = []
  const job = { model, task: 'transcribe', audio: { path: recording }, ...params }
  const result: Told = await worker.request('transcribe', job, {
    onProgress: (value) => told.push(value),
  })
  return { told, result, segments: told.filter(({ kind }) => kind === 'segment') }
}

test('loads a model and says what it has', async () => {
  const { rssBytes, ...loaded } = (await load('plain')) as { rssBytes: number }
  assert.equal(loaded, { device: 'cpu', computeType: 'int8' })
  assert.ok(rssBytes > 1_000_000)
})

test('transcribes sentence by sentence, in the order of the audio', async () => {
  const { told, result, segments } = await transcribe('plain')
  assert.equal(told[0], { kind: 'started', duration: 32.73, language: 'en' })
  assert.is(segments.length, 5)
  assert.equal(
    segments.map(({ segment }) => Math.round(segment.start)),
    [0, 9, 14, 22, 30],
  )
  assert.match(segments[0]?.segment.text, /^6\.8\d s in en, transcribe$/)
  const processed = told.filter(({ kind }) => kind === 'progress').map((it) => it.processed)
  assert.equal(
    processed,
    processed.slice().sort((one, other) => one - other),
  )
  assert.is(processed.at(-1), 32.73)
  assert.is(result.duration, 32.73)
  assert.is(result.language, 'en')
  assert.is(result.speech.length, 5)
  assert.ok(result.durationAfterVad > 22 && result.durationAfterVad < 25)
  assert.equal(result.warnings, [])
})

test('gives words where they are asked for', async () => {
  const { segments } = await transcribe('plain', { wordTimestamps: true, clip: { start: 29 } })
  const [{ segment }] = segments
  assert.equal(
    segment.words.map(({ word }: Told) => word),
    [' one', ' two'],
  )
  assert.is(segment.words[0].start, Math.round((segment.start + 0.1) * 1000) / 1000)
})

test('looks at the clip alone', async () => {
  const { segments, result } = await transcribe('plain', { clip: { start: 9, end: 13 } })
  assert.is(segments.length, 1)
  assert.ok(segments[0].segment.start > 9 && segments[0].segment.end < 13)
  assert.is(result.duration, 32.73)
})

test('cuts what is longer than 30 s, without a detector too', async () => {
  const { segments, result } = await transcribe('plain', { vad: false })
  const lengths = segments.map(({ segment }) => Number.parseFloat(segment.text))
  assert.is(segments.length, 2)
  assert.ok(lengths.every((length) => length <= 28))
  assert.is(Math.round(lengths.reduce((sum, length) => sum + length)), 33)
  assert.is(result.speech, undefined)
})

test('hears nothing in silence', async () => {
  const silence = Buffer.alloc(2 * 16_000 * 3).toString('base64')
  const { segments, result } = await transcribe('plain', {
    audio: { pcm16Base64: silence, sampleRate: 16_000 },
  })
  assert.equal(segments, [])
  assert.equal([result.durationAfterVad, result.speech], [0, []])
})

test('fails a job whose decode failed, with what was printed', async () => {
  await load('fails')
  const { kind, message, facts } = await failureOf(transcribe('fails'))
  assert.is(kind, 'EngineError')
  assert.match(message, /could not decode a part of the audio: invalid expand shape/)
  assert.is(facts.reason, 'invalid expand shape')
})

test('hears nothing where there are no samples', async () => {
  await load('plain')
  const empty = join(folder, 'empty.wav')
  writeFileSync(empty, waveFile([]))
  const { segments, result } = await transcribe('plain', { audio: { path: empty } })
  assert.equal([segments, result.duration, result.speech], [[], 0, []])
  const request = { audio: { path: empty } }
  const found = (await worker.request('detectSpeech', request)) as Told
  assert.equal([found.segments, found.duration], [[], 0])
})

test('knows memory that ran out', async () => {
  await load('out-of-memory')
  assert.is((await failureOf(transcribe('out-of-memory'))).kind, 'OutOfMemory')
})

test('takes no other line for a failure', async () => {
  await load('chatty')
  assert.is((await transcribe('chatty')).segments.length, 5)
})

test('says what the native code has printed of a model that it refuses', async () => {
  const { kind, message } = await failureOf(load('refused'))
  assert.is(kind, 'ModelLoadFailed')
  assert.match(message, /cannot be loaded: tokens: '\/x' does not exist\./)
})

test('survives a model at which native code aborts, and says why it did', async () => {
  const { kind, facts } = await failureOf(load('aborts-at-load'))
  assert.is(kind, 'ModelLoadFailed')
  assert.is(facts.reason, 'Load model from encoder.onnx failed:Protobuf parsing failed.')
  assert.is((await transcribe('plain')).segments.length, 5)
})

test('tells of a process that died under a job, and loads the model anew for the next', async () => {
  await load('aborts')
  const { kind, facts, retryable } = await failureOf(transcribe('aborts'))
  assert.is(kind, 'EngineGone')
  assert.is(facts.signal, 'SIGABRT')
  assert.ok(retryable)
  const { segments } = await transcribe('aborts', { clip: { end: 8 } })
  assert.is(segments.length, 1)
})

test('kills what does not stop when it is cancelled, and goes on with the next job', async () => {
  await load('never-ends')
  const controller = new AbortController()
  const printed = worker.stderr$.subscribe((line) => {
    if (line.includes('It never ends')) controller.abort()
  })
  const cancelled = worker.request(
    'transcribe',
    { model: 'never-ends', task: 'transcribe', audio: { path: recording } },
    { signal: controller.signal },
  )
  assert.is((await failureOf(cancelled)).kind, 'RequestCancelled')
  printed.unsubscribe()
  assert.is((await transcribe('plain')).segments.length, 5)
})

test('does not keep a model whose load was cancelled: nobody would unload it', async () => {
  const controller = new AbortController()
  const printed = worker.stderr$.subscribe((line) => {
    if (line.includes('It is slow to load')) controller.abort()
  })
  const params = { model: 'slow-to-load', path: modelFolder('slow-to-load') }
  const cancelled = worker.request('load', params, { signal: controller.signal })
  assert.is((await failureOf(cancelled)).kind, 'RequestCancelled')
  printed.unsubscribe()
  assert.is((await failureOf(transcribe('slow-to-load'))).kind, 'ModelNotFound')
  assert.is((await transcribe('plain')).segments.length, 5)
})

test('leaves no process behind when it is killed in a job', async () => {
  const doomed = await startWorker()
  await doomed.request('load', {
    model: 'm',
    path: modelFolder('names-its-process'),
  })
  let decoder = Number.NaN
  const job = { model: 'm', task: 'transcribe', audio: { path: recording } }
  const lost = doomed.request('transcribe', job, {
    onProgress: (value) => {
      const { kind, segment } = value as Told
      if (kind !== 'segment') return
      decoder = Number(segment.text)
      process.kill(doomed.pid as number, 'SIGKILL')
    },
  })
  assert.is((await failureOf(lost)).kind, 'EngineGone')
  assert.ok(decoder > 1)
  // It hears of it by the end of a channel. Without that, this ends with the time limit of the suite.
  while (!['zombie', 'gone', undefined].includes(stateOf(decoder))) await setImmediate()
})

test('refuses a model that is not loaded, and one that was unloaded', async () => {
  assert.is((await failureOf(transcribe('unknown'))).kind, 'ModelNotFound')
  await load('passing')
  const { rssBytes } = (await worker.request('unload', { model: 'passing' })) as Told
  assert.ok(rssBytes >= 0)
  assert.is((await failureOf(transcribe('passing'))).kind, 'ModelNotFound')
  assert.is((await transcribe('plain')).segments.length, 5)
})

test('refuses what the model would leave out without a word', async () => {
  const kindOf = async (params: object) => (await failureOf(transcribe('plain', params))).kind
  assert.is(await kindOf({ language: 'de' }), 'UnsupportedLanguage')
  assert.is(await kindOf({ task: 'translate' }), 'UnsupportedOption')
  assert.is(await kindOf({ hotwords: ['Dashwood'] }), 'UnsupportedOption')
  assert.is(await kindOf({ engineOptions: { tailPadding: 3 } }), 'UnsupportedOption')
})

test('knows the language of a model that has but one', async () => {
  const request = { model: 'plain', audio: { path: recording } }
  assert.equal(await worker.request('detectLanguage', request), {
    language: 'en',
    languageProbability: 1,
  })
})

test('says which versions it is made of', async () => {
  const { versions } = (await worker.request('about', {})) as Told
  assert.match(versions['sherpa-onnx-node'], /^\d+\.\d+\.\d+$/)
})

test.run()
