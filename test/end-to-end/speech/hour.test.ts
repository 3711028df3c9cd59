/** An hour of speech: memory stays flat, and who no longer wants the rest is answered at once. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client } from 'sidestream/host'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { failure, type Progress, told } from '../../contract/told.js'
import { startedEngine } from './installed-engine.js'
import { gone, treeOf } from './process-tree.js'
import { librivox, recordings, sampleRate, samplesOf, writeWave } from './recordings.js'

const test = suite('an hour of speech')

const folder = mkdtempSync(join(tmpdir(), 'sidestream-hour-'))
const hour = join(folder, 'hour.wav')
let client: Client
test.before(async () => {
  const pause = Buffer.alloc(2 * sampleRate)
  const once = Buffer.concat(recordings().flatMap(({ path }) => [samplesOf(path), pause]))
  const times = Math.ceil((3600 * 2 * sampleRate) / once.length)
  assert.ok(writeWave(hour, Array(times).fill(once)) >= 3600)
  client = await startedEngine('faster-whisper', 'tiny.en')
})
test.after(() => rmSync(folder, { recursive: true }))

/** At other temperatures the model guesses, now and then, for which it takes memory of its own. */
const calm = { beamSize: 1, temperature: 0 }
const job = { audio: { path: hour }, model: 'tiny.en', task: 'transcribe', ...calm }
const quick = { ...job, audio: { path: librivox } }
const pid = (): number => client.pid as number

/** Transcribes the hour up to this second of it, and cancels. */
const upTo = async (seconds: number, onTold: (value: Progress) => void = () => {}) => {
  const abort = new AbortController()
  let abortedAt = Number.POSITIVE_INFINITY
  const watch = (value: Progress): void => {
    onTold(value)
    if (value.kind !== 'progress' || value.processed < seconds) return
    abortedAt = Math.min(abortedAt, performance.now())
    abort.abort()
  }
  const options = { signal: abort.signal }
  const { kind } = await failure(told(client, 'transcription.transcribe', job, options, watch))
  const { inFlight } = (await client.request('engine.status')) as { inFlight: number }
  assert.is(inFlight, 0) // its host has given it up by itself
  return { kind, answeredMs: performance.now() - abortedAt }
}

/** The most that the engine and its Python have held so far, in MB. */
const peakMb = (): number => treeOf(pid()).reduce((sum, it) => sum + it.peakBytes, 0) / 2 ** 20

/** In pieces of three minutes: by then the second one is under way. */
const early = 240
/** The whole hour would take as long as everything else here. */
const late = 900
/** A quarter of an hour of samples and features, were they kept, would be 90. */
const mostGrowthMb = 60
/** The samples and the features of a piece, and what it takes to make them. */
const mostOfAPieceMb = 120

test('takes no more memory after a quarter of it than after some minutes', async () => {
  await told(client, 'transcription.transcribe', quick)
  const shortMb = peakMb()
  let earlyMb = 0
  const { kind } = await upTo(late, (value) => {
    if (value.kind === 'progress' && value.processed <= early) earlyMb = peakMb()
  })
  assert.is(kind, 'RequestCancelled')
  const lateMb = peakMb()
  const said = `${shortMb.toFixed(0)} MB for half a minute, of an hour ${earlyMb.toFixed(0)} after ${early} s and ${lateMb.toFixed(0)} after ${late} s`
  console.log(`\nfigures: ${said}`)
  assert.ok(shortMb > 100, 'the Python is counted')
  assert.ok(lateMb <= earlyMb + mostGrowthMb, said)
  assert.ok(lateMb <= shortMb + mostOfAPieceMb, said)
})

test('is answered within a second when it is cancelled, and the next job is done', async () => {
  const times: number[] = []
  for (let tries = 0; tries < 3; tries += 1) {
    const { kind, answeredMs } = await upTo(1)
    assert.is(kind, 'RequestCancelled')
    times.push(answeredMs)
    const cancelledAt = performance.now()
    const { result } = await told(client, 'transcription.transcribe', quick)
    assert.match(result.text, 'John Dashwood')
    const next = Math.round(performance.now() - cancelledAt)
    console.log(
      `\nfigures: cancelled, answered after ${answeredMs.toFixed(1)} ms; the next job was done ${next} ms later`,
    )
    if (answeredMs <= 1000) break
  }
  assert.ok(Math.min(...times) <= 1000, `${times} ms`)
})

test('leaves nobody when the engine is closed', async () => {
  const tree = treeOf(pid())
  assert.is(tree.length, 2)
  await client.close()
  for (const process of tree) await gone(process.pid)
})

test.run()
