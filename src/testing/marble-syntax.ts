/** Marble diagrams as RxJS's TestScheduler reads them in run mode; one frame is one millisecond. */
import type { ObservableNotification } from 'rxjs'

/** A character of a diagram that is not only time. */
export interface Mark {
  readonly frame: number
  readonly symbol: string
}

/** A notification and the frame it came in. */
export interface Moment {
  readonly frame: number
  readonly notification: ObservableNotification<unknown>
}

/** Values by the letters that stand for them. */
export type Values<T> = Readonly<Record<string, T>> | readonly T[]

/** When a subscription began and ended, in milliseconds; `Infinity` where it did not. */
export interface SubscriptionLog {
  readonly subscribedFrame: number
  readonly unsubscribedFrame: number
}

const token = /(?<=^|\s)(?<amount>\d+(?:\.\d+)?)(?<unit>ms|s|m)(?=\s|$)|./gsu
const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 }

/**
 * `-` is a frame, `(ab|)` are together at the frame of `(` (the group takes as many frames as it has characters),
 * ` 10ms `, ` 1.5s ` and ` 1m ` between spaces are time, other spaces are nothing. Throws TypeError on a diagram
 * that cannot be meant.
 */
export const parseMarks = (marbles: string): readonly Mark[] => {
  const wrong = (why: string) => new TypeError(`marbles '${marbles}': ${why}`)
  if (marbles.split(/\s/u).some((word) => /\dms/u.test(word) && !/^\d+(\.\d+)?ms$/u.test(word))) {
    throw wrong('a time such as 10ms needs a space on both sides')
  }
  const marks: Mark[] = []
  let frame = 0
  let group: number | undefined
  for (const { 0: symbol, groups } of marbles.matchAll(token)) {
    const { amount, unit = '' } = groups ?? {}
    const isTime = symbol === '-' || amount !== undefined
    if (group !== undefined && (isTime || symbol === '(')) throw wrong('a group is one frame')
    if (group === undefined && symbol === ')') throw wrong("')' without '('")
    if (amount) frame += Math.round(Number(amount) * (unitMs[unit] as number))
    else if (/\s/u.test(symbol)) continue
    else frame += 1
    if (symbol === '(') group = frame - 1
    else if (symbol === ')') group = undefined
    else if (!isTime) marks.push({ frame: group ?? frame - 1, symbol })
  }
  if (group !== undefined) throw wrong("'(' without ')'")
  return marks
}

const toNotification = (
  symbol: string,
  values: Values<unknown> | undefined,
  error: unknown,
): ObservableNotification<unknown> => {
  if (symbol === '|') return { kind: 'C' }
  if (symbol === '#') return { kind: 'E', error }
  if (!values) return { kind: 'N', value: symbol }
  if (!(symbol in values)) throw new TypeError(`marbles: there is no value for '${symbol}'`)
  return { kind: 'N', value: (values as Readonly<Record<string, unknown>>)[symbol] }
}

/**
 * @param values - for the letters; without them a letter is its own value
 * @param error - what `#` stands for; the string `'error'` by default, as in RxJS
 * @returns what happens in the diagram; frame 0 is at its `^`, if it has one
 */
export const parseMoments = (
  marbles: string,
  values?: Values<unknown>,
  error: unknown = 'error',
): readonly (Moment & Mark)[] => {
  const marks = parseMarks(marbles)
  const zero = marks.find(({ symbol }) => symbol === '^')?.frame ?? 0
  if (marks.some(({ symbol }) => symbol === '!'))
    throw new TypeError(`marbles '${marbles}': no '!' here`)
  return marks
    .filter(({ symbol }) => symbol !== '^')
    .map(({ frame, symbol }) => ({
      frame: frame - zero,
      symbol,
      notification: toNotification(symbol, values, error),
    }))
}

/** `^` subscribes and `!` unsubscribes; both are optional. Frames count from the start of the diagram. */
export const parseSubscription = (marbles: string): SubscriptionLog => {
  const marks = parseMarks(marbles)
  const frameOf = (symbol: string) =>
    marks.find((mark) => mark.symbol === symbol)?.frame ?? Infinity
  const order = marks.map(({ symbol }) => symbol).join('')
  if (!/^\^?!?$/u.test(order)) {
    throw new TypeError(`marbles '${marbles}': a subscription has at most one '^', then one '!'`)
  }
  return { subscribedFrame: frameOf('^'), unsubscribedFrame: frameOf('!') }
}
