/** What is told of a transcription while it runs, as the `value` of `$/progress`. */
import * as t from 'io-ts'
import { end, start } from './audio.js'
import { anyText, described, probability, seconds, whole } from './members.js'
import { inOrder, openObject } from './objects.js'
import { Segment } from './segment.js'
import { language } from './transcribe-request.js'

const seq = whole('Counts what is told of this call, from 0.')
const kind = <const K extends string>(name: K): t.LiteralC<K> =>
  described(t.literal(name), 'What is told.')

export const TranscribeStarted = openObject(
  'TranscribeStarted',
  'The model has begun.',
  { kind: kind('started'), seq },
  {
    duration: seconds('Length of the audio'),
    language,
    languageProbability: probability('How sure the model is of a language that it detected.'),
  },
)
export type TranscribeStarted = t.TypeOf<typeof TranscribeStarted>

export const TranscribeAdvanced = openObject('TranscribeAdvanced', 'How far it is.', {
  kind: kind('progress'),
  seq,
  processed: seconds('Audio that is done'),
  duration: seconds('Length of the audio'),
  ratio: probability('The same as a share, from 0 to 1. It never goes back.'),
})
export type TranscribeAdvanced = t.TypeOf<typeof TranscribeAdvanced>

export const TranscribeSegment = openObject(
  'TranscribeSegment',
  'A segment, as it will be in the result unless what follows shows that nobody said it.',
  { kind: kind('segment'), seq, segment: Segment },
)
export type TranscribeSegment = t.TypeOf<typeof TranscribeSegment>

export const TranscribePartial = inOrder(
  openObject('TranscribePartial', 'Text that may still change. The next one takes its place.', {
    kind: kind('partial'),
    seq,
    start,
    end,
    text: anyText('What has been understood so far.'),
  }),
)
export type TranscribePartial = t.TypeOf<typeof TranscribePartial>

export const TranscribeProgress = described(
  t.union(
    [TranscribeStarted, TranscribeAdvanced, TranscribeSegment, TranscribePartial],
    'TranscribeProgress',
  ),
  'What is told of a transcription while it runs, by `kind`.',
)
export type TranscribeProgress = t.TypeOf<typeof TranscribeProgress>
