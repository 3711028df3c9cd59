/** What a failed expectation prints: aligned marble rows, the first frame that differs, and what came in it. */
import { inspect } from 'node:util'
import type { ObservableNotification } from 'rxjs'
import { pointedRows } from './marble-rows.js'
import type { Mark, Moment, SubscriptionLog, Values } from './marble-syntax.js'
import { sameValue } from './same-value.js'

type Namer = (moment: Moment & Partial<Mark>) => string

const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz']
const shownFrames = 20 // with marks, to either side of the difference
const indent = `\n${' '.repeat(14)}`

const show = (value: unknown): string =>
  inspect(value, { depth: 6, breakLength: 90, maxStringLength: 300, maxArrayLength: 20 })
    .replace(/\n\s+(?:at |\.{3} \d+ lines).*?( \{)?(?=\n|$)/gu, '$1') // the stacks of Errors
    .replaceAll('\n', indent)

const content = (notification: ObservableNotification<unknown>): unknown => {
  if (notification.kind === 'N') return notification.value
  return notification.kind === 'E' ? notification.error : undefined
}

const isSame = (a: Moment | undefined, b: Moment | undefined): boolean =>
  a?.frame === b?.frame &&
  a?.notification.kind === b?.notification.kind &&
  (!a || !b || sameValue(content(a.notification), content(b.notification)))

/** Letters for notifications: the test's own, the value itself if it is a letter, or the next free one. */
const namer = (
  expected: readonly (Moment & Partial<Mark>)[],
  values: Values<unknown> = {},
): Namer => {
  const known = new Map(Object.entries(values).filter(([key]) => key.length === 1))
  for (const { symbol, notification } of expected) {
    if (symbol && notification.kind === 'N') known.set(symbol, notification.value)
  }
  return ({ symbol, notification }) => {
    if (symbol) return symbol
    if (notification.kind !== 'N') return notification.kind === 'C' ? '|' : '#'
    const { value } = notification
    for (const [letter, other] of known) if (sameValue(value, other)) return letter
    const isLetter = typeof value === 'string' && /^\w$/u.test(value) && !known.has(value)
    const letter = isLetter ? value : (letters.find((free) => !known.has(free)) ?? '?')
    known.set(letter, value)
    return letter
  }
}

const frameByFrame = (moments: readonly Moment[], frame: number, name: Namer): string =>
  moments
    .filter((moment) => moment.frame === frame)
    .map((moment) => {
      if (moment.notification.kind === 'C') return '| completes'
      const sign = moment.notification.kind === 'E' ? '# error' : `${name(moment)} =`
      return `${sign} ${show(content(moment.notification))}`
    })
    .join(indent) || 'nothing'

/** Whether a frame is near enough to `frame` to be shown, in a long list. */
const near = (moments: readonly Moment[], frame: number) => {
  const frames = [...new Set(moments.map((moment) => moment.frame))].sort((a, b) => a - b)
  const at = frames.indexOf(frame)
  const first = frames[Math.max(0, at - shownFrames)] ?? 0
  const last = frames[Math.min(frames.length - 1, at + shownFrames)] ?? 0
  return (moment: Moment) => moment.frame >= first && moment.frame <= last
}

/** @returns the lines to print, or nothing when the two are the same */
export const momentsMismatch = (
  expected: readonly (Moment & Partial<Mark>)[],
  actual: readonly Moment[],
  values?: Values<unknown>,
): string | undefined => {
  const longer = expected.length > actual.length ? expected : actual
  const index = longer.findIndex((_, i) => !isSame(expected[i], actual[i]))
  if (index === -1) return undefined
  const frame = Math.min(expected[index]?.frame ?? Infinity, actual[index]?.frame ?? Infinity)
  const name = namer(expected, values)
  const isShown = near([...expected, ...actual], frame)
  const marks = [expected, actual].map((moments) =>
    moments.filter(isShown).map((moment) => ({ frame: moment.frame, symbol: name(moment) })),
  )
  const [expectedRow, actualRow, pointer] = pointedRows(marks, frame)
  return [
    `  expected  ${expectedRow}`,
    `  actual    ${actualRow}`,
    `            ${pointer}`,
    `  frame ${frame}`,
    `    expected  ${frameByFrame(expected, frame, name)}`,
    `    actual    ${frameByFrame(actual, frame, name)}`,
  ].join('\n')
}

const subscriptionMarks = (log: SubscriptionLog | undefined): readonly Mark[] =>
  [
    { frame: log?.subscribedFrame ?? Infinity, symbol: '^' },
    { frame: log?.unsubscribedFrame ?? Infinity, symbol: '!' },
  ].filter(({ frame }) => Number.isFinite(frame))

/** @returns the lines to print, or nothing when the two are the same */
export const subscriptionsMismatch = (
  expected: readonly SubscriptionLog[],
  actual: readonly SubscriptionLog[],
): string | undefined => {
  const longer = expected.length > actual.length ? expected : actual
  const pairs = longer.map((_, i) => [subscriptionMarks(expected[i]), subscriptionMarks(actual[i])])
  const differing = pairs.flatMap(([a = [], b = []]) =>
    [...a, ...b].filter(
      (mark) =>
        ![a, b].every((marks) =>
          marks.some((other) => other.frame === mark.frame && other.symbol === mark.symbol),
        ),
    ),
  )
  if (differing.length === 0) return undefined
  const frame = Math.min(...differing.map((mark) => mark.frame))
  const rows = pointedRows(pairs.flat(), frame)
  const labelled = rows.map((row, i) => {
    if (i === rows.length - 1) return `            ${row}`
    return `  ${i % 2 === 0 ? 'expected' : 'actual  '}  ${pairs.flat()[i]?.length ? row : 'none'}`
  })
  return [...labelled, `  frame ${frame}`].join('\n')
}
