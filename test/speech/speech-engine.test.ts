import { resolve } from 'node:path'
import { concat, NEVER, of, throwError } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { perCall } from '../../pipelines/per-call.js'
import { EngineInfo } from '../../src/models/engine-info.js'
import { rpcError } from '../../src/protocol/rpc-error.js'
import { speechEngine } from '../../src/speech/speech-engine.js'
import { scriptedPeer } from '../../src/testing/scripted-peer.js'
import { virtualClock } from '../../src/testing/virtual-clock.js'
import { endless, silent, stubBackend } from './stub-backend.js'

const test = suite('speech engine')
const audio = { pcm16Base64: 'AAAA', sampleRate: 16_000 }
const job = { audio, model: 'small', task: 'transcribe' }

const setUp = (capabilities = {}, own: object = {}) => {
  const backend = stubBackend(capabilities)
  const clock = virtualClock()
  const engine = speechEngine({ name: 'stub', version: '1.2.3', backend })
  const peer = scriptedPeer(engine, { clock, config: { own } })
  const outcome = (method: string, params: object = {}) =>
    peer.call(method, params).then(
      (result) => ({ result: result as Record<string, unknown>, kind: 'result' }),
      ({ data }: { data: Record<string, unknown> }) => ({ result: data, kind: data['kind'] }),
    )
  return { backend, clock, peer, outcome }
}

test('tells what it can do, and has no methods for what it cannot', async () => {
  const { peer } = setUp({ languageDetection: false })
  const info = await peer.call('engine.describe')
  assert.ok(EngineInfo.is(info))
  assert.equal(info.capabilities, { tasks: ['transcribe'], languageDetection: false })
  const names = info.methods.map(({ name }) => name)
  assert.equal(names, [
    ...['models.list', 'models.load', 'models.unload'],
    ...['transcription.transcribe', 'subtitles.render'],
  ])
  const all = setUp({ vad: true, streaming: true })
  const other = (await all.peer.call('engine.describe')) as typeof info
  assert.is(other.methods.length, 11)
  await Promise.all([peer.end(), all.peer.end()])
})

test('one job runs at a time; what is no job waits for none', async () => {
  const { backend, clock, peer, outcome } = setUp()
  backend.heard = endless
  const first = outcome('transcription.transcribe', { ...job, _meta: { deadlineMs: 50 } })
  const second = outcome('transcription.transcribe', { ...job, _meta: { deadlineMs: 20 } })
  await clock.advance(0)
  await outcome('models.list')
  const segments = [{ id: 0, start: 0, end: 1, text: 'One.' }]
  assert.is((await outcome('subtitles.render', { segments, format: 'text' })).kind, 'result')
  await clock.advance(20)
  assert.equal((await second).result['phase'], 'queued')
  await clock.advance(30)
  assert.equal((await first).result['phase'], 'running')
  backend.heard = () => of(silent)
  assert.is((await outcome('transcription.transcribe', job)).kind, 'result')
  await peer.end()
})

test('as many jobs run at once as the backend can do', async () => {
  const { backend, clock, peer } = setUp({ maxConcurrentJobs: 2 })
  let running = 0
  backend.heard = () => {
    running += 1
    return NEVER
  }
  for (const id of [1, 2, 3])
    peer.say({ jsonrpc: '2.0', id, method: 'transcription.transcribe', params: job })
  await clock.advance(0)
  assert.is(running, 2)
  const ended = peer.end()
  await clock.advance(10_000)
  await ended
})

test('the process that holds the models is not ended while a job of any runs', async () => {
  const { backend, clock, peer, outcome } = setUp()
  await outcome('transcription.transcribe', job)
  backend.heard = endless
  const busy = outcome('transcription.transcribe', {
    ...job,
    model: 'large',
    _meta: { deadlineMs: 50 },
  })
  const soft = outcome('models.unload', { model: 'small' })
  const hard = outcome('models.unload', { model: 'small', hard: true })
  await clock.advance(0)
  await soft
  assert.equal(backend.asked.slice(1).sort(), ['load large', 'unload small'])
  await clock.advance(50)
  await Promise.all([busy, hard])
  assert.equal(backend.asked.slice(3), ['unload small hard'])
  await peer.end()
})

test('what it cannot do is refused while another job runs', async () => {
  const { backend, clock, peer, outcome } = setUp()
  backend.heard = endless
  peer.say({ jsonrpc: '2.0', id: 1, method: 'transcription.transcribe', params: job })
  await clock.advance(0)
  const refused = async (more: object) =>
    (await outcome('transcription.transcribe', { ...job, ...more })).kind
  assert.is(await refused({ audio: { path: '/no/where.wav' } }), 'AudioNotFound')
  assert.is(await refused({ audio: { path: '/' } }), 'AudioInvalid')
  assert.is(await refused({ engineOptions: { no: 1 } }), 'UnsupportedOption')
  assert.is(await refused({ task: 'translate' }), 'UnsupportedOption')
  assert.equal(backend.asked, ['load small'])
  const ended = peer.end()
  await clock.advance(10_000)
  await ended
})

test('a backend gets what concerns it, and paths that mean the same in any folder', async () => {
  const { backend, peer, outcome } = setUp()
  const more = { outputs: ['text'], emit: [], shaping: {}, engineOptions: { patience: 2 } }
  await outcome('transcription.transcribe', { ...job, audio: { path: 'package.json' }, ...more })
  assert.equal(backend.jobs, [
    {
      ...{ model: 'small', task: 'transcribe', engineOptions: { patience: 2 } },
      audio: { path: resolve('package.json') },
    },
  ])
  await peer.end()
})

test('tells how long a job waited, loaded and worked', async () => {
  const { backend, clock, peer, outcome } = setUp()
  backend.loading = () => new Promise((resolve) => clock.setTimer(resolve, 300))
  const [first, second] = [
    outcome('transcription.transcribe', job),
    outcome('transcription.transcribe', job),
  ]
  await clock.advance(300)
  const timings = { queueMs: 0, loadMs: 300, decodeMs: 0, rtf: 0 }
  assert.equal((await first).result['timings'], timings)
  assert.equal((await second).result['timings'], { ...timings, queueMs: 300, loadMs: 0 })
  await peer.end()
})

test('keeps a model for as long as its config says', async () => {
  const { backend, clock, peer, outcome } = setUp({}, { keepAliveMs: 20 })
  await outcome('transcription.transcribe', job)
  await clock.advance(19)
  assert.equal(backend.asked, ['load small'])
  await clock.advance(1)
  assert.equal(backend.asked, ['load small', 'unload small'])
  await peer.end()
})

test('loads models as its config says, where models.load does not', async () => {
  const { backend, peer, outcome } = setUp(
    { devices: ['cpu', 'cuda'] },
    { device: 'cuda', computeType: 'int8', cpuThreads: 3 },
  )
  const asked: unknown[] = []
  const { load } = backend
  backend.load = (model, options, caller) => {
    asked.push(options)
    return load(model, options, caller)
  }
  await outcome('transcription.transcribe', job)
  await outcome('models.load', { model: 'small', device: 'cpu', computeType: 'int8' })
  assert.equal(asked, [
    { device: 'cuda', computeType: 'int8', cpuThreads: 3 },
    { device: 'cpu', computeType: 'int8', cpuThreads: 3 },
  ])
  await peer.end()
})

test('a job whose process ends fails, and the next one loads the model again', async () => {
  const { backend, peer, outcome } = setUp()
  const reason = 'killed by SIGKILL'
  backend.heard = () => {
    backend.gone$.next({ reason })
    return throwError(() => rpcError('EngineGone', reason, { signal: 'SIGKILL' }))
  }
  const { kind, result } = await outcome('transcription.transcribe', job)
  assert.equal([kind, result['signal']], ['EngineGone', 'SIGKILL'])
  const { result: listed } = await outcome('models.list')
  assert.equal((listed['models'] as { state: string }[])[0]?.state, 'available')
  backend.heard = () => of(silent)
  assert.is((await outcome('transcription.transcribe', job)).kind, 'result')
  assert.equal(backend.asked, ['load small', 'unload small', 'load small'])
  await peer.end()
})

test('nothing that a slow host has not read is left out', async () => {
  const { backend, peer, outcome } = setUp()
  const segments = Array.from({ length: 50 }, (_, index) => ({
    kind: 'segment' as const,
    segment: { start: index / 10, end: (index + 1) / 10, text: `Text ${index}.` },
  }))
  backend.heard = () => concat(segments, of(silent))
  peer.pipe.stall()
  const answered = outcome('transcription.transcribe', job)
  peer.pipe.read()
  await answered
  const told = peer.messages.filter(({ method }) => method === '$/progress')
  assert.is(told.length, 52) // with started, and the end
  await peer.end()
})

test('a stream that failed can be finished again, and is gone when it could', async () => {
  const { backend, peer, outcome } = setUp({ streaming: true })
  const { result } = await outcome('stream.open', { model: 'small', task: 'transcribe' })
  backend.heard = () => throwError(() => rpcError('EngineGone', 'gone'))
  assert.is((await outcome('stream.finish', result)).kind, 'EngineGone')
  backend.heard = () => of(silent)
  assert.is((await outcome('stream.finish', result)).kind, 'result')
  assert.is((await outcome('stream.finish', result)).kind, 'InvalidParams')
  await peer.end()
})

test('a stream whose end waits for its turn is not one that nobody touches', async () => {
  const { backend, clock, peer, outcome } = setUp({ streaming: true })
  const { result } = await outcome('stream.open', { model: 'small', task: 'transcribe' })
  backend.heard = endless
  const busy = outcome('transcription.transcribe', { ...job, _meta: { deadlineMs: 100_000 } })
  await clock.advance(0)
  backend.heard = () => of(silent)
  const finished = outcome('stream.finish', result)
  await clock.advance(100_000)
  assert.equal([(await busy).kind, (await finished).kind], ['DeadlineExceeded', 'result'])
  await peer.end()
})

test('a job is done within operators, too', async () => {
  const { calls, ...definition } = speechEngine({
    ...{ name: 'stub', version: '1.2.3', backend: stubBackend() },
  })
  const peer = scriptedPeer({
    ...definition,
    calls: (calls$, settings) => calls?.(calls$.pipe(perCall((it) => it)), settings) ?? calls$,
  })
  assert.is(((await peer.call('transcription.transcribe', job)) as { text: string }).text, '')
  await peer.end()
})

test.run()
