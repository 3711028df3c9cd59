/** Marble rows for reading: several of them, aligned, one column a frame. */
import type { Mark } from './marble-syntax.js'

const longestDashes = 20

const pause = (frames: number): string => {
  if (frames <= longestDashes) return '-'.repeat(frames)
  if (frames % 60_000 === 0) return ` ${frames / 60_000}m `
  return frames % 1000 === 0 ? ` ${frames / 1000}s ` : ` ${frames}ms `
}

const cell = (marks: readonly Mark[]): string => {
  const symbols = marks.map(({ symbol }) => symbol).join('')
  return marks.length > 1 ? `(${symbols})` : symbols
}

/**
 * Each row parses back to its marks, as far as the syntax can say them: a frame with several marks takes as many
 * frames as its group has characters.
 */
export const marbleRows = (lists: readonly (readonly Mark[])[]): readonly string[] => {
  const frames = [...new Set(lists.flat().map(({ frame }) => frame))].sort((a, b) => a - b)
  const rows = lists.map(() => '')
  let reached = 0
  for (const [index, frame] of frames.entries()) {
    const gap = pause(Math.max(0, frame - reached))
    const cells = lists.map((marks) => cell(marks.filter((mark) => mark.frame === frame)))
    const next = frames[index + 1]
    const width = next === undefined ? 0 : Math.max(...cells.map(({ length }) => length))
    const room = Math.min(width, (next ?? frame) - frame)
    for (const [row, text] of cells.entries()) {
      rows[row] += gap + text.padEnd(room, '-').padEnd(width) // spaces where the next mark comes sooner
    }
    reached = frame + room
  }
  return rows
}

/** The same rows, and below them a pointer at `frame`, which must have a mark. */
export const pointedRows = (
  lists: readonly (readonly Mark[])[],
  frame: number,
): readonly string[] => {
  const rows = marbleRows([...lists, [{ frame, symbol: '▲' }]])
  return [...rows.slice(0, -1), (rows.at(-1) ?? '').replace(/[^▲]/gu, ' ').trimEnd()]
}
