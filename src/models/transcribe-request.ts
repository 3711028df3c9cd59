/** What is asked of an engine that turns speech into text. */
import * as t from 'io-ts'
import { toJsonSchema, withSchema } from '../protocol/json-schema.js'
import { audio, Clip } from './audio.js'
import { described, flag, list, oneOf, probability, text, whole } from './members.js'
import { strictObject } from './objects.js'
import { OutputFormat, SubtitleShaping } from './subtitles.js'
import { VadOptions } from './vad.js'

export const model = text('Name of the model, as `models.list` tells it.')
export const task = oneOf(
  ['transcribe', 'translate'],
  'Whether the text is in the language of the audio, or in English.',
)
export const language = text('Code of the language, such as `en`.')

const degree = probability('Randomness.')
const degrees = t.readonlyArray(degree)
const someDegrees = withSchema(
  t.refinement(degrees, ({ length }) => length > 0, 'array that is not empty'),
  { ...toJsonSchema(degrees), minItems: 1 },
)

const guardings = ['drop', 'flag', 'off'] as const
/** What is done with text that a model seems to have made up: `drop` leaves it out, `flag` only warns, `off` does not look. */
export type Guarding = (typeof guardings)[number]

/** How a model decodes, and what the result is like: the same for a recording and for a stream. */
export const decoding = {
  language: described(language, 'Code of the language, such as `en`. Default: it is detected.'),
  initialPrompt: text('Text that could stand before: spelling, names, style.'),
  hotwords: list(text('A word or phrase.'), 'Words that are likely to be said.'),
  beamSize: whole('Hypotheses that are followed at once.', { minimum: 1 }),
  temperature: described(
    t.union([degree, someDegrees]),
    'Randomness, from 0 to 1. Of a list, the next one is tried when a result is poor.',
  ),
  wordTimestamps: flag('Whether segments have `words`.', { default: false }),
  vad: described(
    t.union([t.boolean, VadOptions]),
    'Whether silence is taken out before the model listens, and how it is found.',
    { default: true },
  ),
  conditionOnPreviousText: flag('Whether a text is a prompt for the next.'),
  noSpeechThreshold: probability('What is more likely silence than this is left out.'),
  guards: oneOf(
    guardings,
    'What becomes of text in silence, and of the same again and again: `drop` leaves it out, `flag` only warns, `off` does not look.',
    { default: 'drop' },
  ),
  emit: list(
    oneOf(['progress', 'segment', 'partial'], 'A kind of progress.'),
    'What is told ahead of the result.',
  ),
  engineOptions: described(
    t.UnknownRecord,
    'Options that only this engine has. It refuses those that it does not know.',
  ),
  outputs: list(OutputFormat, 'Formats that the result has in `outputs`.'),
  shaping: SubtitleShaping,
}

export const TranscribeRequest = strictObject(
  'TranscribeRequest',
  'Params of `transcription.transcribe`. How long it may take is said by `_meta.deadlineMs`.',
  { audio, model, task },
  {
    ...decoding,
    clip: Clip,
  },
)
export type TranscribeRequest = t.TypeOf<typeof TranscribeRequest>

export const DetectLanguageRequest = strictObject(
  'DetectLanguageRequest',
  'Params of `transcription.detectLanguage`.',
  { audio, model },
  { clip: Clip },
)
export type DetectLanguageRequest = t.TypeOf<typeof DetectLanguageRequest>
