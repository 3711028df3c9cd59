import { lastValueFrom, Observable, of, Subject, throwError, toArray } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Bridge } from '../../src/bridge/bridge.js'
import { timedLogger } from '../../src/engine/timed-logger.js'
import type { Update, UpdateOptions } from '../../src/host/updates.js'
import { realClock } from '../../src/ports/clock.js'
import { noLogger } from '../../src/ports/logger.js'
import { type RpcError, rpcError } from '../../src/protocol/rpc-error.js'
import type { Job } from '../../src/speech/backend.js'
import { childBackend } from '../../src/speech/child-backend.js'

const test = suite('child backend')

const caller = { signal: new AbortController().signal, trace: {} }
const loaded = { device: 'cpu', computeType: 'int8', rssBytes: 1000 }
const job: Job = { audio: { path: 'a.wav' }, model: 'tiny', task: 'transcribe' }
const language = { language: 'en', languageProbability: 0.9, candidates: [] }
const speech = { segments: [{ start: 0, end: 1 }], duration: 2 }
const done = { duration: 2, language: 'en', timestampSource: 'model' }

/** A bridge whose child answers from a list, by method. */
const backendOf = (
  answers: Readonly<Record<string, unknown>>,
  told: readonly unknown[] = [],
  companions: readonly string[] = [],
) => {
  const calls: (readonly [string, object])[] = []
  const options: (UpdateOptions | undefined)[] = []
  const ends: boolean[] = []
  const gone$ = new Subject<RpcError>()
  const child = { number: 1, pid: 7 as number | undefined, starts: 0 }
  const bridge: Bridge = {
    gone$,
    async ready() {
      child.starts += 1
      return child.number
    },
    get pid() {
      return child.pid
    },
    end: async (hard) => void ends.push(hard),
    request: async (method, params, given) => {
      calls.push([method, params])
      options.push(given)
      return answers[method]
    },
    updates: (method, params, given) => {
      calls.push([method, params])
      options.push(given)
      const progress = told.map((value): Update => ({ kind: 'progress', value }))
      return of(...progress, { kind: 'result', value: answers[method] } as const)
    },
  }
  const backend = childBackend({
    capabilities: { vad: true },
    engineOptions: ['patience'],
    companions,
    models: async () => [],
    pathOf: async (model) => {
      if (model === 'nowhere') throw rpcError('ModelNotFound', 'There is no model nowhere')
      return `/models/${model}`
    },
    openBridge: () => bridge,
  })
  backend.start(timedLogger(noLogger, realClock))
  return { backend, bridge, calls, options, ends, gone$, child }
}

const failure = async (promise: Promise<unknown>): Promise<RpcError> =>
  promise.then(
    () => assert.unreachable('it was answered') as never,
    (error) => error as RpcError,
  )

test('loads by name and path, and tells what the child tells', async () => {
  const { backend, calls } = backendOf({ load: loaded, unload: { rssBytes: 10 } })
  assert.equal(await backend.load('tiny', { computeType: 'int8' }, caller), loaded)
  assert.equal(calls, [['load', { model: 'tiny', path: '/models/tiny', computeType: 'int8' }]])
  assert.is(await backend.unload('tiny', false), 10)
})

test('a companion that is not found is left to the child, which may have its own', async () => {
  const { backend, calls } = backendOf({ detectSpeech: speech }, [], ['nowhere', 'vad'])
  assert.equal(await backend.detectSpeech({ audio: { path: 'a.wav' } }, caller), speech)
  assert.equal(calls, [
    ['load', { model: 'vad', path: '/models/vad' }],
    ['detectSpeech', { audio: { path: 'a.wav' } }],
  ])
})

test('unloading starts no child, and the hard way ends it', async () => {
  const { backend, calls, child, ends } = backendOf({ load: loaded })
  await backend.load('tiny', {}, caller)
  assert.is(await backend.unload('tiny', true), 0)
  assert.equal(ends, [true])
  child.pid = undefined
  assert.is(await backend.unload('tiny', false), 0)
  assert.equal(
    calls.map(([method]) => method),
    ['load'],
  )
})

test('a child that goes while it unloads a model holds it no more', async () => {
  const { backend, bridge } = backendOf({ load: loaded })
  await backend.load('tiny', {}, caller)
  bridge.request = async () => {
    throw rpcError('EngineGone', 'The child process was killed by SIGKILL')
  }
  assert.is(await backend.unload('tiny', false), 0)
})

test('a transcription: its start, its segments and how far it is, then its end', async () => {
  const segment = { start: 0, end: 1.5, text: 'Hello.', noSpeechProb: 0.1 }
  const told = [
    { kind: 'started', duration: 2, language: 'en' },
    { kind: 'segment', segment },
    { kind: 'progress', processed: 1.5 },
  ]
  const { backend, calls } = backendOf({ load: loaded, transcribe: done }, told)
  await backend.load('tiny', {}, caller)
  const heard = await lastValueFrom(backend.transcribe(job, caller).pipe(toArray()))
  assert.equal(heard, [...told, { kind: 'done', ...done }])
  assert.equal(calls.at(-1), ['transcribe', job])
})

test('all that the child does for a call is told whose it is', async () => {
  const { backend, calls, options } = backendOf(
    { load: loaded, transcribe: done, detectLanguage: language, detectSpeech: speech },
    [],
    ['vad'],
  )
  const { signal } = caller
  const trace = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` }
  const traced = { signal, trace }
  await backend.load('tiny', {}, traced)
  await lastValueFrom(backend.transcribe(job, traced))
  await backend.detectLanguage('tiny', job.audio, undefined, traced)
  await backend.detectSpeech({ audio: job.audio }, traced)
  assert.equal(
    calls.map(([method]) => method),
    ['load', 'load', 'transcribe', 'detectLanguage', 'detectSpeech'],
  )
  assert.equal(options, Array(5).fill({ signal, meta: trace }))
})

test('a child that has taken the place of another gets the model first', async () => {
  const { backend, calls, child } = backendOf({ load: loaded, transcribe: done })
  await backend.load('tiny', { device: 'cpu' }, caller)
  child.number = 2
  await lastValueFrom(backend.transcribe(job, caller))
  await lastValueFrom(backend.transcribe(job, caller))
  assert.equal(
    calls.map(([method]) => method),
    ['load', 'load', 'transcribe', 'transcribe'],
  )
  assert.equal(calls[1], ['load', { model: 'tiny', path: '/models/tiny', device: 'cpu' }])
})

test('a child that goes while the next one gets what is needed beside the model: all of it again', async () => {
  const { backend, bridge, calls, child } = backendOf(
    { load: loaded, transcribe: done },
    [],
    ['vad'],
  )
  await backend.load('tiny', {}, caller)
  const { request } = bridge
  bridge.request = (method, params, options) => {
    if (calls.length === 1) child.number = 2
    return request(method, params, options)
  }
  await lastValueFrom(backend.transcribe(job, caller))
  const models = calls.map(([method, params]) => `${method} ${(params as { model: string }).model}`)
  assert.equal(models, ['load tiny', 'load vad', 'load tiny', 'load vad', 'transcribe tiny'])
})

test('a call that nobody waits for any more starts no child', async () => {
  const { backend, calls, child } = backendOf({ load: loaded })
  const gone = { signal: AbortSignal.abort(), trace: {} }
  assert.is((await failure(backend.load('tiny', {}, gone))).kind, 'RequestCancelled')
  const detection = backend.detectSpeech({ audio: { path: 'a.wav' } }, gone)
  assert.is((await failure(detection)).kind, 'RequestCancelled')
  assert.equal([calls, child.starts], [[], 0])
})

const nonsense = [
  ['a kind that there is not', { kind: 'maybe' }, '/kind'],
  ['no object', 7, '/kind'],
  ['a time that is a text', { kind: 'started', duration: '2 s' }, '/duration'],
  [
    'a segment that ends before it starts',
    { kind: 'segment', segment: { start: 2, end: 1, text: 'x' } },
    'start ≤ end',
  ],
  ['a segment that is none', { kind: 'segment', segment: null }, '/start'],
] as const
for (const [name, value, place] of nonsense)
  test(`nonsense of the child is an InternalError that says what: ${name}`, async () => {
    const { backend } = backendOf({ load: loaded, transcribe: done }, [value])
    await backend.load('tiny', {}, caller)
    const { kind, message } = await failure(lastValueFrom(backend.transcribe(job, caller)))
    assert.is(kind, 'InternalError')
    assert.match(message, place)
    assert.match(message, /^The child process told (?:a|the start of a) /)
  })

test('nonsense in the place of a result is one, too', async () => {
  const { backend } = backendOf({ load: {}, detectSpeech: { segments: [] }, transcribe: null })
  assert.match((await failure(backend.load('tiny', {}, caller))).message, '/device')
  const detected = await failure(backend.detectSpeech({ audio: { path: 'a.wav' } }, caller))
  assert.match(detected.message, 'at /duration')
})

test('nonsense ends the call: the child is told that nobody waits', async () => {
  let isCancelled = false
  const { backend, bridge } = backendOf({ load: loaded })
  await backend.load('tiny', {}, caller)
  bridge.updates = () =>
    new Observable((subscriber) => {
      subscriber.add(() => {
        isCancelled = true
      })
      subscriber.next({ kind: 'progress', value: 'x' })
    })
  await failure(lastValueFrom(backend.transcribe(job, caller)))
  assert.ok(isCancelled)
})

test('passes errors on as they are', async () => {
  const { backend, bridge } = backendOf({ load: loaded })
  await backend.load('tiny', {}, caller)
  const missing = rpcError('AudioNotFound', 'There is no a.wav')
  bridge.updates = () => throwError(() => missing)
  assert.is(await failure(lastValueFrom(backend.transcribe(job, caller))), missing)
})

test('language and speech', async () => {
  const { backend, calls } = backendOf({
    load: loaded,
    detectLanguage: language,
    detectSpeech: speech,
  })
  await backend.load('tiny', {}, caller)
  const audio = { path: 'a.wav' }
  assert.equal(await backend.detectLanguage('tiny', audio, { start: 1 }, caller), language)
  assert.equal(calls.at(-1), ['detectLanguage', { model: 'tiny', audio, clip: { start: 1 } }])
  assert.equal(await backend.detectSpeech({ audio, backend: 'silero' }, caller), speech)
})

test('tells that the child is gone, and why', () => {
  const { backend, gone$ } = backendOf({})
  const reasons: unknown[] = []
  backend.gone$.subscribe((gone) => reasons.push(gone))
  gone$.next(rpcError('EngineGone', 'The child process was killed by SIGKILL'))
  assert.equal(reasons, [{ reason: 'The child process was killed by SIGKILL' }])
})

test.run()
