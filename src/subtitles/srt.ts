/** SubRip, written. It has no escapes: what looks like a tag is one to a player. */
import { type Cue, cueText } from './cue.js'
import { timestamp } from './timestamp.js'

export const renderSrt = (cues: readonly Cue[]): string =>
  cues
    .map(
      ({ start, end, text }, index) =>
        `${index + 1}\n${timestamp(start, ',')} --> ${timestamp(end, ',')}\n${cueText(text)}\n`,
    )
    .join('\n')
