/** WebVTT, written. */
import type { Cue } from './cue.js'
import { timestamp } from './timestamp.js'
import { vttText } from './vtt-text.js'

/** @param times - of words, where cues have them */
export const renderVtt = (cues: readonly Cue[], times: 'words' | 'none' = 'none'): string => {
  const blocks = cues.map(
    (cue) =>
      `${timestamp(cue.start, '.')} --> ${timestamp(cue.end, '.')}\n${vttText(cue, times)}\n`,
  )
  return ['WEBVTT\n', ...blocks].join('\n')
}
