/** Rows whose cells stand below each other. */
import { printable, type Style } from './style.js'

type Paint = keyof Style

const gap = '  '

/** What a terminal of `width` columns leaves to the cells of one column; below 0 if nothing. */
export const roomFor = (
  column: number,
  rows: readonly (readonly string[])[],
  width: number,
): number => {
  const others = rows.map((row) => row.map((cell, i) => (i === column ? 0 : cell.length)))
  const widest = others.reduce((a, b) => a.map((length, i) => Math.max(length, b[i] ?? 0)))
  return widest.reduce((left, length) => left - length, width - gap.length * (widest.length - 1))
}

/**
 * @param paints - how each column looks
 * @param head - above them, if there is anything to say
 */
export const columns = (
  rows: readonly (readonly string[])[],
  paints: readonly (Paint | undefined)[],
  style: Style,
  head?: readonly string[],
): readonly string[] => {
  const cells = rows.map((row) => row.map(printable))
  const all = head === undefined ? cells : [head, ...cells]
  const widths = paints.map((_, i) => Math.max(0, ...all.map((row) => (row[i] ?? '').length)))
  const line = (row: readonly string[], paint: (text: string, i: number) => string): string => {
    const last = row.findLastIndex((cell) => cell !== '')
    return row
      .slice(0, last + 1)
      .map((cell, i) => paint(i === last ? cell : cell.padEnd(widths[i] ?? 0), i))
      .join(gap)
  }
  const painted = (text: string, i: number): string => {
    const paint = paints[i]
    return paint === undefined ? text : style[paint](text)
  }
  return [
    ...(head === undefined ? [] : [style.dim(line(head, (text) => text))]),
    ...cells.map((row) => line(row, painted)),
  ]
}
