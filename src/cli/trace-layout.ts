/** How many cells each column of a waterfall gets: bars shrink first, then notes go, then names are cut. */
import type { Note } from './trace-notes.js'
import type { RowText } from './trace-row.js'
import { cellsOf } from './trace-text.js'

export const margin = 2
export const gap = 2
/** The mark and a space. */
const markCells = 2
/** Deeper spans stand no further to the right. */
const deepest = 12
const longestService = 20
const leastName = 12
/** Bars shrink to this before names are cut, */
const leastBar = 16
/** to this for the sake of notes, */
const roomyBar = 24
/** and to this when nothing else helps. */
const tinyBar = 6

export interface Layout {
  readonly columns: number
  /** 0 where all is one service's. */
  readonly service: number
  /** With indent, mark and kind. */
  readonly name: number
  readonly bar: number
  readonly duration: number
  /** 0 where notes have no room beside the bars. */
  readonly note: number
}

export const layoutOf = (rows: readonly RowText[], columns: number): Layout => {
  const widest = (of: (row: RowText) => number): number =>
    rows.reduce((most, row) => Math.max(most, of(row)), 0)
  const isOne = rows.every((row) => row.service === rows[0]?.service)
  const service = isOne
    ? 0
    : Math.min(
        longestService,
        widest((row) => cellsOf(row.service)),
      )
  const duration = widest((row) => row.duration.length)
  const room = columns - beforeName(service) - ' ▕▏ '.length - duration
  const name = Math.min(
    widest((row) => indentOf(row) + cellsOf(row.kind) + 1 + cellsOf(row.name)),
    Math.max(leastName, room - leastBar),
  )
  const spare = Math.min(room - name - roomyBar - gap, Math.floor(columns / 3))
  const note = widest((row) => cellsOf(noteText(beside(row.notes, spare))))
  const bar = Math.max(tinyBar, room - name - (note === 0 ? 0 : gap + note))
  return { columns, service, name, bar, duration, note }
}

export const beforeName = (service: number): number => margin + (service === 0 ? 0 : service + gap)

/** Of the kind and the name. */
export const indentOf = ({ depth }: RowText): number => 2 * Math.min(depth, deepest) + markCells

export const noteText = (notes: readonly Note[]): string =>
  notes.map(({ text }) => text).join(' '.repeat(gap))

/** The notes that fit, in their order. */
export const beside = (notes: readonly Note[], cells: number): readonly Note[] => {
  const shown: Note[] = []
  for (const note of notes) {
    if (cellsOf(noteText([...shown, note])) <= cells) shown.push(note)
  }
  return shown
}
