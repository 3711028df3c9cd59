/** Audio that a request is about, and times in it. */
import * as t from 'io-ts'
import { type JsonSchema, toJsonSchema, withSchema } from '../protocol/json-schema.js'
import { described, seconds, text, whole } from './members.js'
import { inOrder, openObject, refined, strictObject } from './objects.js'

/** Base64, judged where it is read: looking at each of millions of characters would hold the engine. */
export const base64 = (description: string, sizes: JsonSchema = {}): t.Type<string> => {
  const codec = text(description)
  return withSchema(codec, { ...toJsonSchema(codec), contentEncoding: 'base64', ...sizes })
}

const path = text('File that the engine can read, in any format that it knows.')
const encoded = base64('The whole file, as base64.')
const format = text('Format of the file: `wav`, `mp3`, `flac`, …')
export const sampleRate = whole('Samples a second, in hertz.', { minimum: 8000, maximum: 192_000 })
const pcm16Base64 = base64('Samples of one channel as signed 16-bit little-endian, as base64.')

export const AudioFile = strictObject('AudioFile', 'A file on the machine of the engine.', { path })
export type AudioFile = t.TypeOf<typeof AudioFile>

export const EncodedAudio = strictObject('EncodedAudio', 'The content of a file.', {
  base64: encoded,
  format,
})
export type EncodedAudio = t.TypeOf<typeof EncodedAudio>

export const PcmAudio = strictObject('PcmAudio', 'Samples as they are.', {
  pcm16Base64,
  sampleRate,
})
export type PcmAudio = t.TypeOf<typeof PcmAudio>

export type AudioInput = AudioFile | EncodedAudio | PcmAudio

/** The members of one kind of audio, and no more. */
const kinds = new Set(['path', 'base64,format', 'pcm16Base64,sampleRate'])
const isOneKind = (audio: object): audio is AudioInput =>
  kinds.has(Object.keys(audio).sort().join())

/** One object of all members, and not a union: a union could not say which of its members is wrong. */
export const AudioInput: t.Type<AudioInput> = withSchema(
  t.refinement(
    t.exact(t.partial({ path, base64: encoded, format, pcm16Base64, sampleRate })),
    isOneKind,
    'path, base64 with format, or pcm16Base64 with sampleRate',
  ) as unknown as t.Type<AudioInput>,
  {
    title: 'AudioInput',
    description: 'A file by its path, the content of a file, or samples.',
    anyOf: [AudioFile, EncodedAudio, PcmAudio].map((kind) => toJsonSchema(kind)),
  },
)

export const audio = described(AudioInput, 'What to listen to.')

export const start = seconds('Start, from the beginning of the audio')
export const end = seconds('End, from the beginning of the audio and not before `start`')

export const Span = inOrder(
  openObject('Span', 'A part of the audio, from `start` to `end`.', { start, end }),
)
export type Span = t.TypeOf<typeof Span>

export const Clip = refined(
  strictObject(
    'Clip',
    'The part of the audio to look at.',
    {},
    {
      start: seconds('Start, from the beginning of the audio', { default: 0 }),
      end: seconds('End, not before `start` and by default that of the audio'),
    },
  ),
  ({ start = 0, end = start }) => start <= end,
  'with start ≤ end',
)
export type Clip = t.TypeOf<typeof Clip>
