/** Voice activity detection: where somebody speaks. */
import type * as t from 'io-ts'
import { audio, Span } from './audio.js'
import { list, milliseconds, oneOf, probability, seconds } from './members.js'
import { openObject, strictObject } from './objects.js'

const options = {
  threshold: probability('Speech is what is at least so likely to be speech.', { default: 0.5 }),
  minSpeechMs: milliseconds('Shorter speech is dropped', { default: 250 }),
  minSilenceMs: milliseconds('Shorter silence does not end a segment', { default: 500 }),
  speechPadMs: milliseconds('Added before and behind each segment', { default: 100 }),
  maxSpeechSec: seconds('Longer segments are split, by default none'),
}

export const VadOptions = strictObject('VadOptions', 'How speech is found.', {}, options)
export type VadOptions = t.TypeOf<typeof VadOptions>

export const vadBackend = oneOf(['silero', 'fsmn'], 'Model that finds speech.')

export const VadDetectRequest = strictObject(
  'VadDetectRequest',
  'Params of `vad.detect`.',
  { audio },
  { backend: vadBackend, ...options },
)
export type VadDetectRequest = t.TypeOf<typeof VadDetectRequest>

export const VadDetectResult = openObject(
  'VadDetectResult',
  'What `vad.detect` answers.',
  {
    segments: list(Span, 'Where somebody speaks, in order.'),
    duration: seconds('Length of the audio'),
  },
  { backend: vadBackend },
)
export type VadDetectResult = t.TypeOf<typeof VadDetectResult>
