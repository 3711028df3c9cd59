/** Real speech that is pushed as it would come from a microphone. */
import type { Client } from 'sidestream/host'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { told } from '../../contract/told.js'
import { startedEngine } from './installed-engine.js'
import { librivox, sampleRate, samplesOf } from './recordings.js'

const test = suite('faster-whisper, streams')

let client: Client
test.before(async () => {
  client = await startedEngine('faster-whisper', 'tiny.en')
})
test.after(async () => void (await client.close()))

const request = { model: 'tiny.en', task: 'transcribe', beamSize: 1 }
const bytesOf = (ms: number): number => (2 * sampleRate * ms) / 1000

test('in chunks it hears what it hears in the file, at the same times', async () => {
  const samples = samplesOf(librivox)
  const { stream } = (await client.request('stream.open', request)) as { stream: string }
  const lengths = [20, 500, 60, 100, 250] // milliseconds
  const pushes: Promise<unknown>[] = []
  for (let from = 0; from < samples.length; ) {
    const to = from + bytesOf(lengths[pushes.length % lengths.length] as number)
    const pcm16Base64 = samples.subarray(from, to).toString('base64')
    const chunk = { stream, seq: pushes.length, audio: { pcm16Base64, sampleRate } }
    pushes.push(client.request('stream.push', chunk))
    from = to
  }
  await Promise.all(pushes)
  const streamed = await told(client, 'stream.finish', { stream })

  const params = { ...request, audio: { path: librivox } }
  const { result } = await told(client, 'transcription.transcribe', params)
  assert.match(result.text, 'John Dashwood')
  assert.is(streamed.result.text, result.text)
  assert.equal(streamed.result.segments, result.segments)
  assert.is(streamed.result.duration, result.duration)
  const segments = streamed.progress.filter(({ kind }) => kind === 'segment')
  assert.is(segments.length, result.segments.length)
})

test.run()
