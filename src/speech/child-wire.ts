/** What a child that does the work of a speech engine answers and tells. */
import { isLeft } from 'fp-ts/lib/Either.js'
import type { Update } from '../host/updates.js'
import { Span } from '../models/audio.js'
import { list, oneOf, probability, seconds, text, whole } from '../models/members.js'
import { openObject } from '../models/objects.js'
import { Segment } from '../models/segment.js'
import { LanguageCandidate, TranscribeWarning } from '../models/transcribe-result.js'
import { VadDetectResult } from '../models/vad.js'
import { type Codec, compileDecoder, type InvalidShape } from '../protocol/codec.js'
import { type RpcError, rpcError } from '../protocol/rpc-error.js'
import type { Heard } from './backend.js'

const duration = seconds('Length of the audio')
const language = text('Code of the language.')
const languageProbability = probability('How sure the model is of it.')
const rssBytes = whole('Memory of the child, in bytes.')

const Started = openObject(
  'Started',
  'The model has begun.',
  { duration },
  { language, languageProbability },
)
const Advanced = openObject(
  'Advanced',
  'How far it is.',
  { processed: seconds('Audio that is done') },
  { duration },
)
const Done = openObject(
  'Done',
  'What it found out, without the segments.',
  {
    duration,
    language,
    timestampSource: oneOf(['model', 'vad'], 'Who measured the times of the segments.'),
  },
  {
    languageProbability,
    durationAfterVad: seconds('Length of what the model listened to'),
    speech: list(Span, 'Where somebody speaks.'),
    warnings: list(TranscribeWarning, 'What is wrong with it.'),
  },
)

/** @throws RpcError, InternalError, when it is not what was agreed: the child is at fault, not who called */
type Read<A> = (value: unknown) => A

const reader = <A>(what: string, codec: Codec<A>): Read<A> => {
  const decode = compileDecoder(codec)
  return (value) => {
    const decoded = decode(value)
    if (isLeft(decoded)) throw nonsense(what, decoded.left)
    return decoded.right
  }
}

const nonsense = (what: string, shape: InvalidShape): RpcError => {
  const [{ path, expected, got } = { path: '', expected: 'another value', got: 'this' }] =
    shape.problems
  const place = path === '' ? '' : ` at ${path}`
  return rpcError(
    'InternalError',
    `The child process told ${what} that cannot be read: expected ${expected}${place}, got ${got}. Its version does not fit`,
    { ...shape },
  )
}

const problemOf = (path: string, expected: string, got: string): InvalidShape => ({
  problems: [{ path, expected, got }],
  count: 1,
})

export const readLoaded = reader(
  'the state of a model',
  openObject('Loaded', 'A model in memory.', {
    device: text('Where it runs.'),
    computeType: text('Type of its numbers.'),
    rssBytes,
  }),
)
export const readUnloaded = reader(
  'the state of a model',
  openObject('Unloaded', 'What is held after a model was unloaded.', { rssBytes }),
)
export const readLanguage = reader(
  'a language',
  openObject(
    'Language',
    'The language of the audio.',
    { language, languageProbability },
    { candidates: list(LanguageCandidate, 'Other languages.') },
  ),
)
export const readSpeech = reader('speech', VadDetectResult)

const readStarted = reader('the start of a transcription', Started)
const readSegment = reader('a segment', Segment)
const readAdvanced = reader('a progress', Advanced)
const readDone = reader('the end of a transcription', Done)

/** A progress value of a transcription. */
const readHeard: Read<Heard> = (value) => {
  const { kind, segment } = (value ?? {}) as { kind?: unknown; segment?: unknown }
  switch (kind) {
    case 'started':
      return { ...readStarted(value), kind }
    case 'segment': {
      const { id: _, ...heard } = readSegment(
        typeof segment === 'object' ? { ...segment, id: 0 } : segment,
      )
      return { kind, segment: heard }
    }
    case 'progress':
      return { ...readAdvanced(value), kind }
    default:
      throw nonsense('a progress', problemOf('/kind', 'started, segment or progress', typeof kind))
  }
}

/** What comes of a transcription. */
export const readUpdate = ({ kind, value }: Update): Heard =>
  kind === 'result' ? { ...readDone(value), kind: 'done' } : readHeard(value)
