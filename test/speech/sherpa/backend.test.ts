/** The backend with the real detector, and a model that does as its folder is named. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { filter, firstValueFrom, lastValueFrom, Subject, tap, toArray } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { timedLogger } from '../../../src/engine/timed-logger.js'
import { connect } from '../../../src/host/index.js'
import { stateOf } from '../../../src/platform/process-table.js'
import { realClock } from '../../../src/ports/clock.js'
import { type LogFacts, noLogger } from '../../../src/ports/logger.js'
import { isRpcError, type RpcError } from '../../../src/protocol/rpc-error.js'
import type { Caller, Heard, Job, SpeechBackend } from '../../../src/speech/backend.js'
import { sherpaBackend } from '../../../src/speech/sherpa/backend.js'
import { cli } from '../../cli/sidestream.js'
import { waveFile } from '../../samples/wave-file.js'
import { recording } from './recording.js'
import { enter, folder, installFfmpeg, leave, modelFolder } from './tricky-folder.js'

const test = suite('the backend of sherpa-onnx')
/** What native code prints. */
const printed$ = new Subject<LogFacts>()
const gone: string[] = []
let backend: SpeechBackend

const started = (): SpeechBackend => {
  const it = sherpaBackend({
    capabilities: {},
    models: async () => [],
    pathOf: async (model) => modelFolder(model),
  })
  it.start(timedLogger({ ...noLogger, debug: (facts) => printed$.next(facts) }, realClock))
  it.gone$.subscribe(({ reason }) => gone.push(reason))
  return it
}
test.before(() => {
  enter()
  backend = started()
})
test.before.each(() => void gone.splice(0))
test.after(async () => {
  await backend.stop()
  leave()
})

const nobody: Caller = { signal: new AbortController().signal, trace: {} }

const load = (name: string, caller = nobody) => backend.load(name, {}, caller)

const jobOf = (model: string, params: Partial<Job> = {}): Job => ({
  ...{ model, task: 'transcribe', audio: { path: recording } },
  ...params,
})

type Told<K extends Heard['kind']> = Extract<Heard, { kind: K }>

const transcribe = async (
  model: string,
  params: Partial<Job> = {},
  onTold: (heard: Heard) => void = () => {},
  caller = nobody,
) => {
  const job = backend.transcribe(jobOf(model, params), caller)
  const told = await lastValueFrom(job.pipe(tap(onTold), toArray()))
  const only = <K extends Heard['kind']>(kind: K) =>
    told.filter((it): it is Told<K> => it.kind === kind)
  const segments = only('segment').map(({ segment }) => segment)
  return { told, segments, progress: only('progress'), result: only('done')[0] as Told<'done'> }
}

const failureOf = async (work: Promise<unknown>): Promise<RpcError> => {
  try {
    await work
  } catch (error) {
    if (isRpcError(error)) return error
    throw error
  }
  throw new Error('it did not fail')
}

/** When native code prints this. */
const printed = (text: string): Promise<void> =>
  new Promise((resolve) => {
    const subscription = printed$.subscribe(({ line }) => {
      if (line !== text) return
      subscription.unsubscribe()
      resolve()
    })
  })

/** Of a process that is about to end; without that, this ends with the time limit of the suite. */
const end = async (pid: number): Promise<void> => {
  while (!['zombie', 'gone', undefined].includes(stateOf(pid))) await setImmediate()
}

/** The pid that a job of `names-its-process` tells, which then goes on for ever. */
const pidIn = (heard: unknown): number | undefined => {
  const { kind, segment } = heard as Told<'segment'>
  return kind === 'segment' ? Number(segment.text) : undefined
}

test('loads a model and says what it has', async () => {
  const { rssBytes, ...loaded } = await load('plain')
  assert.equal(loaded, { device: 'cpu', computeType: 'int8' })
  assert.ok(rssBytes > 1_000_000)
})

test('transcribes sentence by sentence, in the order of the audio', async () => {
  const { told, result, segments, progress } = await transcribe('plain')
  assert.equal(told[0], { kind: 'started', duration: 32.73, language: 'en' })
  assert.is(segments.length, 5)
  assert.equal(
    segments.map(({ start }) => Math.round(start)),
    [0, 9, 14, 22, 30],
  )
  assert.match(segments[0]?.text as string, /^6\.8\d s in en, transcribe$/)
  const processed = progress.map((it) => it.processed)
  assert.equal(
    processed,
    processed.slice().sort((one, other) => one - other),
  )
  assert.is(processed.at(-1), 32.73)
  assert.is(result.duration, 32.73)
  assert.is(result.language, 'en')
  assert.is(result.speech?.length, 5)
  assert.ok(Math.abs((result.durationAfterVad ?? 0) - 23.5) < 1.5)
  assert.equal(result.warnings, [])
})

test('gives words where they are asked for', async () => {
  const { segments } = await transcribe('plain', { wordTimestamps: true, clip: { start: 29 } })
  const [{ start = 0, words = [] } = {}] = segments
  assert.equal(
    words.map(({ word }) => word),
    [' one', ' two'],
  )
  assert.is(words[0]?.start, Math.round((start + 0.1) * 1000) / 1000)
})

test('looks at the clip alone', async () => {
  const { segments, result } = await transcribe('plain', { clip: { start: 9, end: 13 } })
  assert.is(segments.length, 1)
  assert.ok(segments.every(({ start, end }) => start > 9 && end < 13))
  assert.is(result.duration, 32.73)
})

test('cuts what is longer than 30 s, without a detector too', async () => {
  const { segments, result } = await transcribe('plain', { vad: false })
  const lengths = segments.map(({ text }) => Number.parseFloat(text))
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
  const found = await backend.detectSpeech({ audio: { path: empty } }, nobody)
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

test('refuses a model that is not loaded, and one that was unloaded', async () => {
  assert.is((await failureOf(transcribe('unknown'))).kind, 'ModelNotFound')
  await load('passing')
  assert.ok((await backend.unload('passing', false)) > 1_000_000) // others are in memory
  assert.equal(gone, [])
  assert.is((await failureOf(transcribe('passing'))).kind, 'ModelNotFound')
  assert.is((await transcribe('plain')).segments.length, 5)
})

test('refuses what the model would leave out without a word', async () => {
  const kindOf = async (params: Partial<Job>) => (await failureOf(transcribe('plain', params))).kind
  assert.is(await kindOf({ language: 'de' }), 'UnsupportedLanguage')
  assert.is(await kindOf({ task: 'translate' }), 'UnsupportedOption')
  assert.is(await kindOf({ hotwords: ['Dashwood'] }), 'UnsupportedOption')
  assert.is(await kindOf({ engineOptions: { tailPadding: 3 } }), 'UnsupportedOption')
})

test('knows the language of a model that has but one', async () => {
  const detected = await backend.detectLanguage('plain', { path: recording }, undefined, nobody)
  assert.equal(detected, { language: 'en', languageProbability: 1 })
})

test('tells of a process that died under a job, and loads the model anew for the next', async () => {
  await load('aborts')
  let wereGone = false
  const job = transcribe('aborts').finally(() => {
    wereGone = gone.length === 1 // who hears of the job finds them gone
  })
  const { kind, facts, retryable } = await failureOf(job)
  assert.is(kind, 'EngineGone')
  assert.is(facts.signal, 'SIGABRT')
  assert.ok(retryable && wereGone)
  const { segments } = await transcribe('aborts', { clip: { end: 8 } })
  assert.is(segments.length, 1)
})

test('kills what does not stop when it is cancelled, and goes on with the next job', async () => {
  await load('never-ends')
  const controller = new AbortController()
  const endless = printed('It never ends').then(() => controller.abort())
  const caller = { ...nobody, signal: controller.signal }
  const cancelled = transcribe('never-ends', {}, undefined, caller)
  assert.is((await failureOf(cancelled)).kind, 'RequestCancelled')
  await endless
  assert.is((await transcribe('plain')).segments.length, 5)
})

test('has its models in memory again after it was killed for a job, and tells nobody', async () => {
  const endless = printed('It never ends')
  const job = backend.transcribe(jobOf('never-ends'), nobody).subscribe()
  await endless
  const renewed = Promise.all([printed('It loads plain'), printed('It loads never-ends')])
  job.unsubscribe()
  await renewed
  assert.equal(gone, [])
})

test('has them again after it ended by itself under a job that was cancelled', async () => {
  await load('names-its-process')
  const renewed = printed('It loads plain')
  const job = backend.transcribe(jobOf('names-its-process'), nobody).subscribe((heard) => {
    const pid = pidIn(heard)
    if (pid === undefined) return
    job.unsubscribe()
    process.kill(pid, 'SIGKILL')
  })
  await renewed
  assert.equal(gone, [])
})

test('tells that models have gone which cannot be loaded again', async () => {
  await load('lost')
  const endless = printed('It never ends')
  const job = backend.transcribe(jobOf('never-ends'), nobody).subscribe()
  await endless
  rmSync(modelFolder('lost'), { recursive: true })
  job.unsubscribe()
  await firstValueFrom(backend.gone$)
  await backend.unload('lost', false)
  assert.is((await transcribe('plain')).segments.length, 5)
})

test('does not keep a model whose load was cancelled: nobody would unload it', async () => {
  const controller = new AbortController()
  const loading = printed('It loads slow-to-load').then(() => controller.abort())
  const cancelled = load('slow-to-load', { ...nobody, signal: controller.signal })
  assert.is((await failureOf(cancelled)).kind, 'RequestCancelled')
  await loading
  assert.is((await failureOf(transcribe('slow-to-load'))).kind, 'ModelNotFound')
  assert.is((await transcribe('plain')).segments.length, 5)
})

test('says whose job it is that native code prints in', async () => {
  const caller = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
  const line = firstValueFrom(printed$.pipe(filter((facts) => facts['line'] === 'By the way')))
  await transcribe('chatty', {}, undefined, { ...nobody, trace: { traceparent: caller } })
  const { trace_id, span_id } = await line
  assert.equal([trace_id, span_id], ['a'.repeat(32), 'b'.repeat(16)])
})

test('leaves no audio behind when its process is killed', async () => {
  const started = join(folder, 'started')
  const silence = "echo 'Duration: 10:00:00.00, start: 0.0' >&2; exec cat /dev/zero"
  installFfmpeg(`[ "$1" = -version ] && exit 0; echo "$PPID $*" > '${started}'; ${silence}`)
  await backend.unload('plain', true)
  await load('plain') // by one that has this PATH
  const base64 = Buffer.from('ID3 and more').toString('base64')
  let audio = ''
  const job = transcribe('plain', { audio: { base64, format: 'mp3' } }, ({ kind }) => {
    if (kind !== 'progress' || audio !== '') return
    const [, pid, path] = /^(\d+) .*-i file:(\S+)/.exec(readFileSync(started, 'utf8')) ?? []
    audio = path as string
    assert.ok(existsSync(audio))
    process.kill(Number(pid), 'SIGKILL')
  })
  assert.is((await failureOf(job)).kind, 'EngineGone')
  while (existsSync(dirname(audio))) await setImmediate()
})

test('leaves no process behind when it stops', async () => {
  const its = started()
  await its.load('names-its-process', {}, nobody)
  const pid = await new Promise<number>((resolve) => {
    its.transcribe(jobOf('names-its-process'), nobody).subscribe({
      next: (heard) => pidIn(heard) && resolve(pidIn(heard) as number),
      error: () => {},
    })
  })
  await its.stop()
  await end(pid)
})

const engine = () =>
  connect({ command: process.execPath, args: [cli, 'run', 'sherpa-onnx'], cwd: folder })
const named = jobOf(modelFolder('names-its-process'))

test('leaves no process behind when its engine is killed in a job', async () => {
  const doomed = await engine()
  let decoder = Number.NaN
  const lost = doomed.request('transcription.transcribe', named, {
    onProgress: (value) => {
      decoder = pidIn(value) ?? decoder
      if (decoder > 1) process.kill(doomed.pid as number, 'SIGKILL')
    },
  })
  assert.is((await failureOf(lost)).kind, 'EngineGone')
  await end(decoder) // it hears of it by the end of a channel
})

test('is killed in a job: the job says so, its model is not in memory, the next job loads it', async () => {
  const its = await engine()
  const states = async () => {
    const { models } = (await its.request('models.list')) as { models: { state: string }[] }
    return models.map(({ state }) => state)
  }
  let decoder = Number.NaN
  const lost = its.request('transcription.transcribe', named, {
    onProgress: (value) => {
      decoder = pidIn(value) ?? decoder
      if (decoder > 1) process.kill(decoder, 'SIGKILL')
    },
  })
  const { kind, facts } = await failureOf(lost)
  assert.equal([kind, facts['signal']], ['EngineGone', 'SIGKILL'])
  assert.match(String(facts['hint']), /memory/)
  assert.equal(await states(), [])
  const next = { ...named, clip: { end: 8 } }
  const { text } = (await its.request('transcription.transcribe', next)) as { text: string }
  assert.ok(Number(text) > 1 && Number(text) !== decoder)
  assert.equal(await states(), ['loaded'])
  await its.request('models.unload', { model: named.model, hard: true })
  await end(Number(text))
  await its.close()
})

test.run()
