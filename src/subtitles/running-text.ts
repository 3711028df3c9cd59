/** Text of any origin as a text without lines. */
import { cueText } from './cue.js'
import { separator, spaceBetween } from './scripts.js'

/** Line ends are spaces, and are nothing between characters that are written without any. */
export const runningText = (text: string): string =>
  cueText(text)
    .split('\n')
    .reduce((before, line) => before + spaceBetween(before, line) + line)
    .replace(separator, spaceFor)
    .replace(/^[ \u3000\u200b]+|[ \u3000\u200b]+$/g, '')

/** Of several spaces one is left: the wide one of East Asia if there is no other, none if they have no width. */
const spaceFor = (run: string): string => {
  if (/^\u200b+$/.test(run)) return '\u200b'
  return /^[\u3000\u200b]+$/.test(run) ? '\u3000' : ' '
}
