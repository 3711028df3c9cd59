/** The lines of one cue: as few as it takes, about equally long, and ending where a reader would pause. */
import { columnsOf } from './columns.js'
import { endingOf } from './endings.js'
import type { Limits } from './limits.js'
import type { Unit } from './units.js'

/** @returns before which unit the last cue that begins with `from` has to end, so that its lines have room */
export const reachOf = (units: readonly Unit[], from: number, limits: Limits): number => {
  let lines = 0
  let width = Number.POSITIVE_INFINITY
  for (let at = from; at < units.length; at += 1) {
    const { columns, space } = units[at] as Unit
    width += columnsOf(space) + columns
    if (width > limits.columns) {
      lines += 1
      width = columns
    }
    if (lines > limits.lines) return at
  }
  return units.length
}

/** In columns, with the spaces. */
export const lengthOf = (units: readonly Unit[], from: number, to: number): number => {
  let length = 0
  for (let at = from; at < to; at += 1) {
    const { columns, space } = units[at] as Unit
    length += columns + (at === from ? 0 : columnsOf(space))
  }
  return length
}

export const linesOf = (units: readonly Unit[], limits: Limits): readonly string[] => {
  const starts = lineStarts(units, limits)
  return starts.map((start, line) =>
    units
      .slice(start, starts[line + 1])
      .map(({ space, text }, at) => (at === 0 ? text : space + text))
      .join(''),
  )
}

/** A way to lay out what begins with a unit. */
interface Layout {
  readonly cost: number
  /** Length of its first line. */
  readonly first: number
  /** Where its second line begins, if it has one. */
  readonly next: number
  readonly rest: Layout | undefined
}

const lineStarts = (units: readonly Unit[], limits: Limits): readonly number[] => {
  const starts = [0]
  for (let at: Layout | undefined = bestLayout(units, limits); at?.rest; at = at.rest) {
    starts.push(at.next)
  }
  return starts
}

/** From the last line up: `below[at]` is the best of so many lines that begin with `at`. */
const bestLayout = (units: readonly Unit[], limits: Limits): Layout | undefined => {
  let below: readonly (Layout | undefined)[] = units.map((_, at) => lastLine(units, at, limits))
  while (below[0] === undefined) {
    const deeper = below
    below = units.map((_, at) => withLineAbove(units, at, deeper, limits))
  }
  return below[0]
}

/** How far lengths may differ for a better place to break: the square of a full line. */
const fullLine = 100

const raggedness = (length: number, { columns }: Limits): number =>
  fullLine * (length / columns) ** 2

const lastLine = (units: readonly Unit[], from: number, limits: Limits): Layout | undefined => {
  const length = lengthWithin(units, from, limits.columns)
  if (length === undefined) return undefined
  return { cost: raggedness(length, limits), first: length, next: units.length, rest: undefined }
}

/** @returns undefined when the units have no room in one line */
const lengthWithin = (
  units: readonly Unit[],
  from: number,
  columns: number,
): number | undefined => {
  let length = 0
  for (let at = from; at < units.length; at += 1) {
    const unit = units[at] as Unit
    length += unit.columns + (at === from ? 0 : columnsOf(unit.space))
    if (length > columns && at > from) return undefined
  }
  return length
}

const withLineAbove = (
  units: readonly Unit[],
  from: number,
  below: readonly (Layout | undefined)[],
  limits: Limits,
): Layout | undefined => {
  let best: Layout | undefined
  let length = (units[from] as Unit).columns
  for (let next = from + 1; next < units.length; next += 1) {
    const rest = below[next]
    if (rest !== undefined) {
      const cost =
        raggedness(length, limits) + breakCost(units, next) + topHeavy(length, rest) + rest.cost
      if (best === undefined || cost < best.cost) best = { cost, first: length, next, rest }
    }
    const { columns, space } = units[next] as Unit
    length += columnsOf(space) + columns
    if (length > limits.columns) break
  }
  return best
}

/** Of two layouts that are as good, the one whose lower line is longer hides less of the picture. */
const topHeavy = (length: number, below: Layout): number => (length > below.first ? 1 : 0)

const jointCosts = { word: 8, character: 20, tied: 1000, split: 3000 } as const
const endingCosts = { sentence: 0, clause: 2, phrase: 4, none: 8, bound: 24 } as const

const breakCost = (units: readonly Unit[], next: number): number => {
  const [before, after] = [units[next - 1] as Unit, units[next] as Unit]
  return after.joint === 'word' ? endingCosts[endingOf(before, after)] : jointCosts[after.joint]
}
