import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lastValueFrom, toArray } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { RpcError } from '../../src/protocol/rpc-error.js'
import type { Heard, Job } from '../../src/speech/backend.js'
import { fakeBackend } from '../../src/speech/fake.js'
import { tones, waveFile } from './wave.js'

const test = suite('fake backend')
const folder = mkdtempSync(join(tmpdir(), 'sidestream-fake-'))
test.after(() => rmSync(folder, { recursive: true }))

const never = { signal: new AbortController().signal, trace: {} }
const samples = tones([
  ['tone', 4],
  ['silence', 2],
  ['tone', 4],
])
const audio = { pcm16Base64: samples.toString('base64'), sampleRate: 16_000 }
const quiet = { pcm16Base64: Buffer.alloc(64_000).toString('base64'), sampleRate: 16_000 }

const hear = (job: Partial<Job> = {}, backend = fakeBackend()): Promise<readonly Heard[]> => {
  const heard = backend.transcribe(
    { audio, model: 'fake-large', task: 'transcribe', ...job },
    never,
  )
  return lastValueFrom(heard.pipe(toArray()))
}
const texts = (heard: readonly Heard[]): readonly string[] =>
  heard.flatMap((it) => (it.kind === 'segment' ? [it.segment.text] : []))
const kindOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing',
    ({ kind }: RpcError) => kind,
  )

test('hears the same in the same, and something else in something else', async () => {
  const [one, again] = [texts(await hear()), texts(await hear())]
  assert.equal(one, again)
  assert.ok(one.length >= 2)
  const other = tones([['tone', 5]]).toString('base64')
  assert.not.equal(texts(await hear({ audio: { pcm16Base64: other, sampleRate: 16_000 } })), one)
})

test('hears what is written beside the audio', async () => {
  writeFileSync(join(folder, 'talk.wav'), waveFile(samples))
  writeFileSync(join(folder, 'talk.txt'), 'One two\nthree four.\n')
  const heard = await hear({ audio: { path: join(folder, 'talk.wav') } })
  assert.equal(texts(heard), ['One two', 'three four.'])
})

test('hears a part, with times from the beginning', async () => {
  const heard = await hear({ clip: { start: 6, end: 8 } })
  const segments = heard.flatMap((it) => (it.kind === 'segment' ? [it.segment] : []))
  assert.ok(segments.length > 0)
  assert.ok(segments.every(({ start, end }) => start >= 6 && end <= 8))
})

test('makes something up in silence that is not taken out', async () => {
  assert.equal(texts(await hear({ audio: quiet })), [])
  assert.equal(texts(await hear({ audio: quiet, vad: false })), ['You'])
})

test('says the same again and again, if it is told to', async () => {
  const heard = texts(await hear({ engineOptions: { repeat: true } }))
  assert.ok(heard.length >= 2)
  assert.equal([...new Set(heard)], ['Thank you.'])
})

test('crashes where it is told to', async () => {
  const backend = fakeBackend()
  const reasons: string[] = []
  backend.gone$.subscribe(({ reason }) => reasons.push(reason))
  assert.is(await kindOf(hear({ engineOptions: { crashAfter: 3 } }, backend)), 'EngineGone')
  assert.is(reasons.length, 1)
  assert.is(await kindOf(hear({}, backend)), 'nothing')
})

test('refuses options that cannot be', async () => {
  for (const engineOptions of [{ speed: 0 }, { speed: 'fast' }, { crashAfter: -1 }, { repeat: 1 }])
    assert.is(
      await kindOf(hear({ engineOptions })),
      'UnsupportedOption',
      JSON.stringify(engineOptions),
    )
  const vad = fakeBackend().detectSpeech({ audio, backend: 'silero' }, never)
  assert.is(await kindOf(vad), 'UnsupportedOption')
})

test.run()
