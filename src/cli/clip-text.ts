/** The part of a recording, as it is typed: `1:30-2:00`. */
import type { Clip } from '../models/audio.js'
import { UsageError } from './usage-error.js'

/** @throws UsageError */
export const readClip = (typed: string | undefined): Clip | undefined => {
  if (typed === undefined) return undefined
  const [, from = '', to = ''] = /^([\d:.]*)-([\d:.]*)$/.exec(typed.replaceAll(' ', '')) ?? []
  const start = from === '' ? undefined : seconds(from)
  const end = to === '' ? undefined : seconds(to)
  const isTyped = from !== '' || to !== ''
  if (!isTyped || Number.isNaN(start) || Number.isNaN(end) || (start ?? 0) >= (end ?? Infinity))
    throw new UsageError(
      `--clip is a part such as 90-120, 1:30-2:00 or 1:02:03- (to the end), and not ${typed}`,
    )
  return { ...(start !== undefined && { start }), ...(end !== undefined && { end }) }
}

/** @param text - seconds, or with minutes and hours before it. @returns NaN when it is none of these */
const seconds = (text: string): number =>
  /^(?:(?:\d+:)?\d{1,2}:)?\d+(?:\.\d+)?$/.test(text)
    ? text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
    : Number.NaN
