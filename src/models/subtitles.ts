/** Subtitles: how segments become lines, and in which formats. */
import type * as t from 'io-ts'
import {
  anyText,
  flag,
  list,
  milliseconds,
  number,
  oneOf,
  seconds,
  text,
  whole,
} from './members.js'
import { openObject, refined, strictObject } from './objects.js'
import { segments } from './segment.js'

const formats = ['json', 'text', 'srt', 'vtt', 'lrc'] as const

export const OutputFormat = oneOf(
  formats,
  'Format of a transcript: segments as JSON, plain text, SubRip, WebVTT, or lyrics.',
)
export type OutputFormat = t.TypeOf<typeof OutputFormat>

export const SubtitleShaping = refined(
  strictObject(
    'SubtitleShaping',
    'What a subtitle may be at most, so that it can be read. `minDurationMs` is not above `maxDurationMs`.',
    {},
    {
      maxCharsPerLine: whole('Longest line, in characters.', { minimum: 1, default: 42 }),
      maxLines: whole('Most lines at a time.', { minimum: 1, default: 2 }),
      maxCps: number('Fastest text, in characters a second.', { minimum: 1, default: 17 }),
      minDurationMs: milliseconds('Shortest time that one is shown', { default: 833 }),
      maxDurationMs: milliseconds('Longest time that one is shown', { default: 7000 }),
      minGapMs: milliseconds('Shortest time between two', { default: 83 }),
      padMs: milliseconds('Time that one stays after its last word, where words have times', {
        default: 200,
      }),
      breakOn: list(
        oneOf(['punctuation', 'pause', 'speaker'], 'Where a subtitle ends.'),
        'Where a subtitle ends if it can, the best place first.',
      ),
    },
  ),
  ({ minDurationMs = 0, maxDurationMs = minDurationMs }) => minDurationMs <= maxDurationMs,
  'with minDurationMs ≤ maxDurationMs',
)
export type SubtitleShaping = t.TypeOf<typeof SubtitleShaping>

export const SubtitlesRenderRequest = strictObject(
  'SubtitlesRenderRequest',
  'Params of `subtitles.render`.',
  { segments, format: OutputFormat },
  {
    shaping: SubtitleShaping,
    wordTimes: flag('Whether WebVTT has the time of each word, where words have times.', {
      default: false,
    }),
    task: oneOf(
      ['transcribe', 'translate'],
      'For JSON: whether the text is in the language of the audio, or in English.',
      { default: 'transcribe' },
    ),
    language: text('For JSON: code of the language, such as `en`. Default: `und`, undetermined.'),
    duration: seconds('For JSON: length of the audio. Default: the end of the last segment'),
  },
)
export type SubtitlesRenderRequest = t.TypeOf<typeof SubtitlesRenderRequest>

export const SubtitlesRenderResult = openObject(
  'SubtitlesRenderResult',
  'What `subtitles.render` answers.',
  { text: anyText('The content of a file in the format.'), format: OutputFormat },
)
export type SubtitlesRenderResult = t.TypeOf<typeof SubtitlesRenderResult>
