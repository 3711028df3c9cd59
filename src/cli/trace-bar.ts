/** One bar of a waterfall: when something ran, with the part in which it waited and ticks where it reached a stage. */
import type { Style } from './style.js'

/** Times in the unit of the whole, from its start. */
export interface Bar {
  readonly from: number
  readonly to: number
  /** It waited until then. */
  readonly waitedTo: number
  readonly ticks: readonly number[]
  /** Stages are thin. */
  readonly look: 'block' | 'line'
}

const eighths = '▏▎▍▌▋▊▉█'

/** @returns as many characters as there are cells, whatever the times */
export const barCells = (bar: Bar, whole: number, cells: number): string => {
  const scale = whole > 0 ? cells / whole : 0
  const clamped = (time: number): number => Math.min(cells, Math.max(0, time * scale))
  const from = Math.min(clamped(bar.from), cells - 1 / 8)
  const to = Math.max(clamped(bar.to), from)
  const waitedTo = bar.waitedTo > bar.from ? clamped(Math.min(bar.waitedTo, bar.to)) : 0
  const first = Math.floor(from)
  const last = Math.max(first, Math.ceil(to) - 1)
  const drawn: string[] = []
  for (let cell = first; cell <= last; cell += 1) {
    const begin = Math.max(from, cell)
    const end = Math.min(to, cell + 1)
    const waited = (waitedTo - begin) / (end - begin)
    if (waited >= 0.75) drawn.push('░')
    else if (waited >= 0.25) drawn.push('▒')
    else
      drawn.push(
        bar.look === 'line'
          ? lineCell(begin - cell, end - cell)
          : blockCell(begin - cell, end - cell),
      )
  }
  for (const tick of bar.ticks) {
    const cell = Math.floor(clamped(tick))
    if (cell > first && cell < last) drawn[cell - first] = '│' // at an end it would tell nothing
  }
  return `${' '.repeat(first)}${drawn.join('')}`.padEnd(cells)
}

/** Cells can be filled from the left only, and from the right by half. */
const blockCell = (from: number, to: number): string => {
  if (to === 1 && from >= 0.5) return '▐'
  const filled = to === 1 && from > 0 ? 1 : to - from
  return eighths[Math.max(1, Math.round(filled * 8)) - 1] as string
}

const lineCell = (from: number, to: number): string => {
  if (from >= 0.5) return '╺'
  return to <= 0.5 ? '╸' : '━'
}

/** What waits is dim. */
export const paintBar = (cells: string, paint: (text: string) => string, { dim }: Style): string =>
  cells.replace(/[░▒]+|[^ ░▒]+/g, (run) => (/[░▒]/.test(run) ? dim(run) : paint(run)))
