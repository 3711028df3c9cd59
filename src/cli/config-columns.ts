/** Rows whose cells stand below each other. */
import { printable, type Style } from './style.js'

type Paint = keyof Style

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
      .join('  ')
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
