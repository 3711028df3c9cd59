/** The voice detector on its thread, with the real model and a real voice. */
import { spawnSync } from 'node:child_process'
import {
  closeSync,
  copyFileSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { firstValueFrom, lastValueFrom, type Observable, share, tap, toArray } from 'rxjs'
import * as assert from 'uvu/assert'
import { Detector, type Progress, type Speech } from '../../samples/vad/detector.js'
import { type Failure, isFailure } from '../../samples/vad/failure.js'
import { valueSuite } from './value-suite.js'
import { waveFile } from './wave-file.js'

const test = valueSuite('voice detector')
const folder = mkdtempSync(join(tmpdir(), 'sidestream-vad-'))
const recording = fileURLToPath(new URL('../../samples/audio/librivox.wav', import.meta.url))
const workerWithTricks = new URL('./vad-worker-with-tricks.js', import.meta.url)

/** Read by hand: samples/audio/README.md. */
const spoken = [
  { start: 0.2, end: 6.8 },
  { start: 9.35, end: 11.9 },
  { start: 14.35, end: 19.2 },
  { start: 21.65, end: 27.25 },
  { start: 29.65, end: 32.5 },
]

const shared = new Detector({ worker: workerWithTricks })
test.after(async () => {
  await shared.close()
  rmSync(folder, { recursive: true })
})

const saved = (name: string, bytes: Buffer): string => {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

const speechIn = async (path: string, settings = {}): Promise<Speech> => {
  const last = await lastValueFrom(shared.detect(path, settings))
  assert.ok('segments' in last)
  return last
}

const failureOf = (path: string, detector = shared) => failureIn(detector.detect(path))

const failureIn = async (values: Observable<unknown>): Promise<Failure> => {
  try {
    await lastValueFrom(values)
  } catch (error) {
    if (isFailure(error)) return error
    throw error
  }
  throw new Error('it did not fail')
}

const threadOf = async (): Promise<unknown> => (await failureOf('thread')).facts.threadId

const assertSpoken = ({ segments }: Speech, toleranceSec = 0.3) => {
  assert.is(segments.length, spoken.length, JSON.stringify(segments))
  for (const [i, { start, end }] of spoken.entries()) {
    const found = segments[i]
    const far = Math.max(Math.abs(Number(found?.start) - start), Math.abs(Number(found?.end) - end))
    assert.ok(far <= toleranceSec, `segment ${i} is ${JSON.stringify(found)}`)
  }
}

const samplesOf = (path: string): Int16Array => {
  const { buffer, byteOffset, length } = readFileSync(path)
  return new Int16Array(buffer.slice(byteOffset + 44, byteOffset + length))
}

test('finds the five sentences of a real voice', async () => {
  const speech = await speechIn(recording)
  assertSpoken(speech)
  assert.is(speech.duration, 32.73)
})

test('rounds to milliseconds, in order, without overlap, within the audio', async () => {
  const { segments, duration } = await speechIn(recording, { minSilenceMs: 50, minSpeechMs: 1 })
  assert.ok(segments.length > spoken.length)
  let previousEnd = 0
  for (const { start, end } of segments) {
    assert.ok(previousEnd <= start && start < end && end <= duration)
    assert.equal([start, end], [Number(start.toFixed(3)), Number(end.toFixed(3))])
    previousEnd = end
  }
})

test('reports progress that only grows, ends at 1, and all of it before the result', async () => {
  const values = await lastValueFrom(shared.detect(recording).pipe(toArray()))
  const speech = values.pop()
  assert.ok(speech && 'segments' in speech)
  const progress = values.filter((value): value is Progress => 'ratio' in value)
  assert.is(progress.length, values.length)
  assert.ok(progress.length >= 10)
  let previous = 0
  for (const { processed, duration, ratio } of progress) {
    assert.is(duration, 32.73)
    assert.ok(processed > previous && Math.abs(ratio - processed / duration) < 0.001)
    previous = processed
  }
  assert.equal(progress.at(-1), { processed: 32.73, duration: 32.73, ratio: 1 })
})

const { LinearResampler } = createRequire(import.meta.url)('sherpa-onnx-node')
for (const [sampleRate, channels] of [
  [8_000, 1],
  [11_025, 2],
  [22_050, 1],
  [44_100, 2],
  [48_000, 1],
] as const)
  test(`finds them at ${sampleRate} Hz with ${channels} channel(s)`, async () => {
    const voice = Float32Array.from(samplesOf(recording), (sample) => sample / 32_768)
    const mono: Float32Array = new LinearResampler(16_000, sampleRate).flush(voice)
    // in stereo the voice is on one side only: a reader of the other finds none, one of both gets it at half its level
    const samples = channels === 1 ? mono : Array.from(mono).flatMap((sample) => [0, sample])
    const path = saved('resampled.wav', waveFile(samples, { sampleRate, channels }))
    const speech = await speechIn(path)
    assertSpoken(speech)
    assert.ok(Math.abs(speech.duration - 32.73) < 0.002)
  })

test('finds none in silence, and its duration', async () => {
  const path = saved('silence.wav', waveFile(Buffer.alloc(2 * 5 * 16_000 + 246)))
  assert.equal(await speechIn(path), { segments: [], duration: 5.008 })
})

test('finds none in a file shorter than one window, or than a millisecond', async () => {
  assert.equal(await speechIn(saved('short.wav', waveFile(Buffer.alloc(200)))), {
    segments: [],
    duration: 0.006,
  })
  const path = saved('one.wav', waveFile(Buffer.alloc(2)))
  const values = await lastValueFrom(shared.detect(path).pipe(toArray()))
  assert.equal(values, [
    { processed: 0, duration: 0, ratio: 1 },
    { segments: [], duration: 0 },
  ])
})

test('ends the last segment with the speech, not with the file', async () => {
  const { segments } = await speechIn(recording)
  assert.ok(Math.abs(Number(segments.at(-1)?.end) - 32.5) < 0.1)
})

test('closes a segment at the end of the file', async () => {
  const { segments, duration } = await speechIn(
    saved('cut.wav', waveFile(Buffer.from(samplesOf(recording).slice(0, 5 * 16_000).buffer))),
  )
  assert.is(segments.length, 1)
  assert.is(segments[0]?.end, duration)
})

test('cuts speech that never pauses', async () => {
  const loud = samplesOf(recording).slice(22.5 * 16_000, 26.5 * 16_000)
  const endless = Buffer.concat(Array.from({ length: 10 }, () => Buffer.from(loud.buffer)))
  const { segments } = await speechIn(saved('endless.wav', waveFile(endless)), { maxSpeechSec: 4 })
  assert.ok(segments.length > 5)
  for (const [i, { start, end }] of segments.entries()) {
    assert.ok(end - start < 7, JSON.stringify({ start, end }))
    if (i > 0) assert.is(start, segments[i - 1]?.end)
  }
})

test('takes its settings to heart', async () => {
  assert.is(
    (await speechIn(recording, { minSilenceMs: 3_000, maxSpeechSec: 60 })).segments.length,
    1,
  )
  assert.is((await speechIn(recording, { minSpeechMs: 8_000 })).segments.length, 0)
  const strict = await speechIn(recording, { threshold: 0.9 })
  const usual = await speechIn(recording)
  assertSpoken(usual)
  assert.ok(Number(strict.segments[0]?.start) > Number(usual.segments[0]?.start))
})

test('keeps its thread between calls, and changes it for other settings', async () => {
  const first = await threadOf()
  await speechIn(recording)
  await failureOf('/none.wav')
  await speechIn(recording, { threshold: 0.5, language: 'en' }) // the usual one, and one it does not know
  assert.is(await threadOf(), first)
  await speechIn(recording, { threshold: 0.6 })
  assert.is.not(await threadOf(), first)
})

test('leaves the main loop free', async () => {
  let turns = 0
  let turn = setImmediate(function next() {
    turns += 1
    turn = setImmediate(next)
  })
  const between: number[] = []
  await lastValueFrom(shared.detect(recording).pipe(tap(() => between.push(turns))))
  clearImmediate(turn)
  const [first = 0, last = 0] = [between[0], between.at(-1)]
  assert.ok(last - first > 100, `${last - first} turns between the first progress and the result`)
})

/** A sparse file of five minutes' silence, which is as much work as speech: a second or more. */
const longRecording = () => {
  const path = saved('long.wav', waveFile([], { dataLength: 0xffffffff }))
  truncateSync(path, 44 + 300 * 32_000)
  return path
}

test('stops when unsubscribed, then takes the next job on the same thread', async () => {
  const path = longRecording()
  await speechIn(recording) // loads the model
  const began = performance.now()
  await speechIn(path)
  const wholeMs = performance.now() - began
  const thread = await threadOf()

  await firstValueFrom(shared.detect(path)) // unsubscribes at the first progress
  const cancelled = performance.now()
  assert.is(await threadOf(), thread)
  const stopMs = performance.now() - cancelled
  assert.ok(stopMs < wholeMs / 4, `${stopMs} ms of ${wholeMs} ms`)
  assertSpoken(await speechIn(recording))
})

test('closes the files of jobs that ended, failed or were stopped', async () => {
  const freeDescriptor = () => {
    const fd = openSync(recording, 'r')
    closeSync(fd)
    return fd
  }
  await speechIn(recording)
  const before = freeDescriptor()
  await speechIn(recording)
  await failureOf(saved('none.wav', waveFile([])))
  await firstValueFrom(shared.detect(recording))
  await failureOf('thread') // the one before has stopped
  assert.is(freeDescriptor(), before)
})

test('never starts a job that was unsubscribed while it waited', async () => {
  const thread = await threadOf()
  const running = speechIn(recording)
  shared.detect('exit').subscribe().unsubscribe()
  assertSpoken(await running)
  assert.is(await threadOf(), thread)
})

test('runs jobs one after the other', async () => {
  const order: string[] = []
  const job = (name: string) =>
    lastValueFrom(shared.detect(recording).pipe(tap(() => order.push(name))))
  await Promise.all([job('a'), job('b'), job('c')])
  assert.equal([...new Set(order)], ['a', 'b', 'c'])
  assert.equal(order, [...order].sort())
})

for (const [trick, reason] of [
  ['defect', /argument must be of type string/],
  ['exit', /exit code 3/],
] as const)
  test(`fails the job of a thread that dies by ${trick}, and starts a new one for the next`, async () => {
    const thread = await threadOf()
    const dies = failureOf(trick)
    const waits = speechIn(recording)
    const { kind, message, facts } = await dies
    assert.is(kind, 'EngineError')
    assert.is(facts.retryable, true)
    assert.match(message, reason)
    assert.match(message, /The next call starts a new one/)
    assertSpoken(await waits)
    assert.is.not(await threadOf(), thread)
  })

test('answers each wrong file with its own failure, and goes on', async () => {
  assert.is((await failureOf('/none.wav')).kind, 'AudioNotFound')
  assert.is((await failureOf(folder)).kind, 'AudioNotFound')
  assert.is((await failureOf(saved('empty.wav', Buffer.alloc(0)))).kind, 'AudioInvalid')
  assertSpoken(await speechIn(recording))
})

test('says that the model is missing', async () => {
  const missing = pathToFileURL(join(folder, 'none.onnx'))
  const { kind, message, facts } = await failureOf(recording, new Detector({ model: missing }))
  assert.is(kind, 'ModelNotFound')
  assert.is(facts.path, fileURLToPath(missing))
  assert.match(message, /none\.onnx.*README\.md/)
})

test('keeps a broken model from the native loader, which would abort the process', async () => {
  const model = pathToFileURL(saved('broken.onnx', Buffer.alloc(1_000)))
  assert.is((await failureOf(recording, new Detector({ model }))).kind, 'ModelLoadFailed')
})

test('says how to install sherpa-onnx-node where it is not', async () => {
  for (const file of ['worker.js', 'wave.js', 'failure.js'])
    copyFileSync(new URL(`../../samples/vad/${file}`, import.meta.url), join(folder, file))
  saved('package.json', Buffer.from('{"type":"module"}'))
  const worker = pathToFileURL(join(folder, 'worker.js'))
  const { kind, message, facts } = await failureOf(recording, new Detector({ worker }))
  assert.is(kind, 'DependencyMissing')
  assert.is(facts.package, 'sherpa-onnx-node')
  assert.match(message, /npm install sherpa-onnx-node@/)
})

test('fails open jobs when closed in the midst of them, and works again after', async () => {
  const path = longRecording()
  const progress = shared.detect(path).pipe(share())
  const open = [failureIn(progress), failureOf(recording)]
  await firstValueFrom(progress)
  const closed = shared.close()
  for (const { kind } of await Promise.all(open)) assert.is(kind, 'ShuttingDown')
  await closed
  assertSpoken(await speechIn(recording))
})

test('closes before it was used, and twice', async () => {
  const detector = new Detector()
  await detector.close()
  await detector.close()
})

test('keeps no process alive, and prints nothing', () => {
  const url = new URL('../../samples/vad/detector.js', import.meta.url).href
  const script = `
    import { Detector } from ${JSON.stringify(url)}
    new Detector().detect(${JSON.stringify(recording)}).subscribe()`
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', script],
    { encoding: 'utf8', timeout: 60_000 },
  )
  assert.equal({ status, stdout, stderr }, { status: 0, stdout: '', stderr: '' })
})

test.run()
