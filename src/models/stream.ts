/** Speech that is transcribed while it is spoken, in chunks. */
import type * as t from 'io-ts'
import { base64, sampleRate } from './audio.js'
import { described, text, whole } from './members.js'
import { openObject, refined, strictObject } from './objects.js'
import { decoding, model, task } from './transcribe-request.js'

const stream = text('Name of the stream, as `stream.open` has answered it.')

export const StreamOpenRequest = strictObject(
  'StreamOpenRequest',
  'Params of `stream.open`.',
  { model, task },
  decoding,
)
export type StreamOpenRequest = t.TypeOf<typeof StreamOpenRequest>

export const StreamOpenResult = openObject('StreamOpenResult', 'What `stream.open` answers.', {
  stream,
})
export type StreamOpenResult = t.TypeOf<typeof StreamOpenResult>

/** Of 20 ms at the lowest rate and 500 ms at the highest, in characters of base64. */
const chunkLengths = { minLength: 427, maxLength: 256_000 }

const durationMs = (pcm16Base64: string, samplesPerSecond: number): number => {
  const padding = pcm16Base64.endsWith('==') ? 2 : pcm16Base64.endsWith('=') ? 1 : 0
  const samples = Math.floor((pcm16Base64.length * 3) / 4 - padding) / 2
  return (samples / samplesPerSecond) * 1000
}

export const PcmChunk = refined(
  strictObject('PcmChunk', 'From 20 to 500 ms of samples. All of a stream have one rate.', {
    pcm16Base64: base64(
      'Samples of one channel as signed 16-bit little-endian, as base64.',
      chunkLengths,
    ),
    sampleRate,
  }),
  ({ pcm16Base64, sampleRate }) => {
    const ms = durationMs(pcm16Base64, sampleRate)
    return ms >= 20 && ms <= 500
  },
  'with 20 to 500 ms',
)
export type PcmChunk = t.TypeOf<typeof PcmChunk>

export const StreamPushRequest = strictObject('StreamPushRequest', 'Params of `stream.push`.', {
  stream,
  seq: whole('Counts the chunks of the stream, from 0.'),
  audio: described(PcmChunk, 'What was said since the chunk before; from 20 to 500 ms.'),
})
export type StreamPushRequest = t.TypeOf<typeof StreamPushRequest>

export const StreamFinishRequest = strictObject(
  'StreamFinishRequest',
  'Params of `stream.finish`: no chunk follows. It answers a TranscribeResult.',
  { stream },
)
export type StreamFinishRequest = t.TypeOf<typeof StreamFinishRequest>

export const StreamCloseRequest = strictObject(
  'StreamCloseRequest',
  'Params of `stream.close`: nobody waits for its result.',
  { stream },
)
export type StreamCloseRequest = t.TypeOf<typeof StreamCloseRequest>
