/** What was said, and when. */
import type * as t from 'io-ts'
import { end, start } from './audio.js'
import { list, number, probability, text, whole } from './members.js'
import { inOrder, openObject } from './objects.js'

export const Word = inOrder(
  openObject(
    'Word',
    'One word.',
    { start, end, word: text('The word, with the space and the punctuation that belong to it.') },
    { probability: probability('How sure the model is of it, from 0 to 1.') },
  ),
)
export type Word = t.TypeOf<typeof Word>

export const Segment = inOrder(
  openObject(
    'Segment',
    'Words that belong together, a sentence at best.',
    {
      id: whole('Place in the list of segments, from 0.'),
      start,
      end,
      text: text('What was said.'),
    },
    {
      words: list(Word, 'Word by word, where `wordTimestamps` asked for it.'),
      avgLogprob: number('Mean logarithm of the probabilities of its tokens: below -1 is a guess.'),
      noSpeechProb: probability('How likely it is that nobody speaks, from 0 to 1.'),
      compressionRatio: number('How well its text compresses: above 2.4 it repeats itself.', {
        minimum: 0,
      }),
      speaker: text('Who speaks, where the engine tells speakers apart.'),
    },
  ),
)
export type Segment = t.TypeOf<typeof Segment>

export const segments = list(Segment, 'All segments, in order.')
