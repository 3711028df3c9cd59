/** What came of a transcription. */
import * as t from 'io-ts'
import { start } from './audio.js'
import {
  anyText,
  described,
  list,
  milliseconds,
  number,
  oneOf,
  probability,
  seconds,
  text,
} from './members.js'
import { openObject, refined } from './objects.js'
import { segments } from './segment.js'
import { language } from './transcribe-request.js'

export const languageProbability = probability(
  'How sure the model is of the language, where it was detected.',
)
export const usedEngine = text('Engine that did it, such as `faster-whisper`.')
export const usedModel = text('Model that did it.')
export const usedDevice = text('Where the model runs, such as `cpu` or `cuda`.')
export const usedComputeType = text('Type of the numbers it counts with, such as `int8`.')

export const TranscribeTimings = openObject('TranscribeTimings', 'Where the time went.', {
  queueMs: milliseconds('Until it was its turn'),
  loadMs: milliseconds('Until the model was loaded'),
  decodeMs: milliseconds('While the model worked'),
  rtf: number('Real-time factor: `decodeMs` by the length of the audio.', { minimum: 0 }),
})
export type TranscribeTimings = t.TypeOf<typeof TranscribeTimings>

export const TranscribeWarning = openObject(
  'TranscribeWarning',
  'What is wrong with a result that is there.',
  {
    kind: text('For programs, such as `repetition`.'),
    message: text('For people.'),
  },
  { start },
)
export type TranscribeWarning = t.TypeOf<typeof TranscribeWarning>

export const TranscribeOutputs = openObject(
  'TranscribeOutputs',
  'The result in the formats that were asked for.',
  {},
  {
    json: anyText('The segments as JSON.'),
    text: anyText('Plain text.'),
    srt: anyText('SubRip.'),
    vtt: anyText('WebVTT.'),
    lrc: anyText('Lyrics.'),
  },
)
export type TranscribeOutputs = t.TypeOf<typeof TranscribeOutputs>

export const TranscribeResult = refined(
  openObject(
    'TranscribeResult',
    'What `transcription.transcribe` answers. Only with `emptyReason` may its text be empty.',
    {
      text: anyText('All of the text.'),
      language,
      duration: seconds('Length of the audio'),
      segments,
      timestampSource: oneOf(['model', 'vad'], 'Who measured the times of the segments.'),
      engine: usedEngine,
      model: usedModel,
      device: usedDevice,
      computeType: usedComputeType,
      timings: TranscribeTimings,
      warnings: list(TranscribeWarning, 'What is wrong with it; mostly none.'),
    },
    {
      languageProbability,
      durationAfterVad: seconds('Length of what the model listened to'),
      emptyReason: described(t.literal('no_speech'), 'Why there is no text.'),
      outputs: TranscribeOutputs,
    },
  ),
  (result) => result.text !== '' || result.emptyReason !== undefined,
  'with text or emptyReason',
)
export type TranscribeResult = t.TypeOf<typeof TranscribeResult>

export const LanguageCandidate = openObject('LanguageCandidate', 'A language it may be.', {
  language,
  probability: probability('How likely it is, from 0 to 1.'),
})
export type LanguageCandidate = t.TypeOf<typeof LanguageCandidate>

export const DetectLanguageResult = openObject(
  'DetectLanguageResult',
  'What `transcription.detectLanguage` answers.',
  {
    language,
    languageProbability: probability('How sure the model is of it, from 0 to 1.'),
    engine: usedEngine,
    model: usedModel,
  },
  { candidates: list(LanguageCandidate, 'Other languages, the likeliest first.') },
)
export type DetectLanguageResult = t.TypeOf<typeof DetectLanguageResult>
