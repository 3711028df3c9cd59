import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { engine, errorCodes, method } from '../../src/index.js'
import {
  InvalidParamsData,
  SubtitlesRenderRequest,
  SubtitlesRenderResult,
  TranscribeRequest,
} from '../../src/models/index.js'
import { type PeerError, scriptedPeer } from '../../src/testing/index.js'

const test = suite('params that fit no model')

const speech = engine({
  name: 'speech',
  version: '1.0.0',
  methods: {
    'subtitles.render': method({
      params: SubtitlesRenderRequest,
      result: SubtitlesRenderResult,
      handler: ({ segments, format }) => ({
        text: segments.map(({ text }) => text).join('\n'),
        format,
      }),
    }),
    'transcription.transcribe': method({ params: TranscribeRequest, handler: () => 'heard' }),
  },
})

const segment = { id: 0, start: 1, end: 2, text: 'a' }

/** What InvalidParams tells of params. */
const refusal = async (name: string, params: unknown): Promise<InvalidParamsData> => {
  const peer = scriptedPeer(speech)
  const error = await peer.call(name, params).catch((it: PeerError) => it)
  const { code, data } = error as PeerError
  assert.is(code, errorCodes.InvalidParams)
  assert.ok(InvalidParamsData.is(data))
  assert.is(await peer.end(), 0)
  return data
}

/** More than these may stay uncounted. */
const leastCounted = 5000
const size = 100_000
const floods: Readonly<Record<string, readonly [element: unknown, path: string]>> = {
  'numbers in the place of segments': [1, ''],
  'segments that end before they start': [{ ...segment, end: 0.5 }, ''],
  'segments with a wrong member': [{ ...segment, text: 1 }, '/text'],
}
for (const [name, [element, path]] of Object.entries(floods)) {
  test(`100,000 ${name} are eight problems and a count`, async () => {
    const segments = Array(size).fill(element)
    const { problems, count } = await refusal('subtitles.render', { segments, format: 'srt' })
    const paths = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => `/segments/${i}${path}`)
    assert.equal(
      problems.map((problem) => problem.path),
      paths,
    )
    assert.ok(count >= leastCounted, `${count}`)
  })
}

test('a problem names the place and what belongs there, never the value', async () => {
  const params = {
    audio: { path: 'secret.wav', sampelRate: 'secret' },
    model: '',
    task: 'secret',
    beamSize: 0,
    vad: { threshold: 2 },
  }
  const { problems, count, kind, retryable } = await refusal('transcription.transcribe', params)
  assert.equal({ kind, retryable, count }, { kind: 'InvalidParams', retryable: false, count: 5 })
  const told = Object.fromEntries(problems.map(({ path, expected }) => [path, expected]))
  assert.equal(told, {
    '/audio/sampelRate': 'no such key',
    '/model': 'non-empty text',
    '/task': '"transcribe" | "translate"',
    '/beamSize': 'whole number of at least 1',
    '/vad/threshold': 'number from 0 to 1',
  })
  assert.not.match(JSON.stringify(problems), /secret/)
})

test('segments of a result can be rendered, with all that their engine told of them', async () => {
  const peer = scriptedPeer(speech)
  const segments = [{ ...segment, tokens: [1, 2] }]
  const answer = await peer.call('subtitles.render', { segments, format: 'text' })
  assert.equal(answer, { text: 'a', format: 'text' })
  assert.is(await peer.end(), 0)
})

test.run()
