/** What a progress value tells, as far as its fields have common names. */
import { printable, type Style } from './style.js'

export interface Progress {
  /** How much is done, from 0 to 1. */
  readonly ratio: number | undefined
  readonly text: string
}

/** Longest text of a value that has no fields we know, in characters. */
const longest = 60

type Fields = Readonly<Record<string, unknown>>

/** Knows `ratio`, seconds as `processed` and `duration`, counts as `done` and `total`, and `message`. */
export const readProgress = (value: unknown): Progress => {
  if (typeof value !== 'object' || value === null) return { ratio: undefined, text: brief(value) }
  const { ratio, processed, duration, done, total, message } = value as Fields
  const seconds = share(processed, duration)
  const count = share(done, total)
  const told = [
    ...(seconds === undefined ? [] : [`${fixed(processed)} of ${fixed(duration)} s`]),
    ...(count === undefined ? [] : [`${done} of ${total}`]),
    ...(typeof message === 'string' ? [printable(message)] : []),
  ]
  const known = share(ratio, 1) ?? seconds ?? count
  const isKnown = known !== undefined || told.length > 0
  return { ratio: known, text: isKnown ? told.join(', ') : brief(value) }
}

const share = (part: unknown, whole: unknown): number | undefined =>
  typeof part === 'number' && typeof whole === 'number' && whole > 0
    ? Math.min(1, Math.max(0, part / whole))
    : undefined

const fixed = (seconds: unknown): string => (seconds as number).toFixed(1)

const brief = (value: unknown): string => {
  const text = printable(JSON.stringify(value) ?? '')
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text
}

export const percent = (ratio: number): string => `${Math.floor(ratio * 100)} %`.padStart(5)

export const bar = (ratio: number, columns: number, style: Style): string => {
  const full = Math.round(ratio * columns)
  return style.cyan('━'.repeat(full)) + style.dim('─'.repeat(columns - full))
}
