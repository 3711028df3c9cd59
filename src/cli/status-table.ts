/** Supervised engines as a table that no terminal has to wrap. */
import type { MemberState, MemberStatus } from '../host/status.js'
import { cut, plain, printable, type Style } from './style.js'
import { shortSpan } from './time-text.js'

export interface TableSize {
  readonly columns: number
  /** Most lines. */
  readonly rows: number
}

interface Column {
  readonly head: string
  readonly cell: (member: MemberStatus, now: number) => string
  /** The highest goes first when there is no room; those without stay. */
  readonly rank: number
  readonly isNumber?: boolean
}

const none = '-'

const columns: readonly Column[] = [
  { head: 'engine', cell: ({ key }) => printable(key), rank: 0 },
  { head: 'state', cell: (member, now) => stateText(member, now), rank: 0 },
  { head: 'pid', cell: ({ pid }) => `${pid ?? none}`, rank: 3, isNumber: true },
  {
    head: 'up',
    cell: ({ readyAt }, now) => (readyAt === undefined ? none : shortSpan(now - readyAt)),
    rank: 1,
    isNumber: true,
  },
  { head: 'restarts', cell: ({ restarts }) => `${restarts}`, rank: 2, isNumber: true },
  { head: 'calls', cell: ({ inFlight }) => `${inFlight}`, rank: 4, isNumber: true },
  {
    head: 'p99',
    cell: ({ p99Ms }) => (p99Ms === undefined ? none : `${Math.round(p99Ms)} ms`),
    rank: 6,
    isNumber: true,
  },
  {
    head: 'memory',
    cell: ({ rssBytes }) => (rssBytes === undefined ? none : `${Math.round(rssBytes / 1e6)} MB`),
    rank: 5,
    isNumber: true,
  },
]

const stateText = ({ state, startsAt }: MemberStatus, now: number): string =>
  state === 'backoff' && startsAt !== undefined
    ? `backoff ${Math.max(0, (startsAt - now) / 1000).toFixed(1)} s`
    : state

const paintOf = (state: MemberState, style: Style): ((text: string) => string) => {
  switch (state) {
    case 'ready':
      return style.green
    case 'quarantined':
      return style.red
    case 'stopped':
      return style.dim
    default:
      return style.yellow
  }
}

const gap = 2
/** A column for the last error is worth it from here on; else it has a line of its own. */
const errorColumns = 28
const longestName = 24

interface Layout {
  readonly columns: readonly (Column & { readonly width: number })[]
  readonly room: number
}

/** @param now - by the clock that `readyAt` is told by */
export const statusTable = (
  members: readonly MemberStatus[],
  now: number,
  { columns: width, rows }: TableSize,
  style: Style = plain,
): readonly string[] => {
  const room = width - 1 // a full line leaves the cursor in a place of its own on some terminals
  const layout = layoutOf(members, now, room)
  const isBeside = layout.room >= errorColumns && members.some((it) => errorOf(it) !== undefined)
  const head = lineOf(layout, ({ head }) => head)
  const blocks = members.map((member) => {
    const error = errorOf(member)
    const paint = paintOf(member.state, style)
    const line = lineOf(
      layout,
      ({ cell }) => cell(member, now),
      ({ head }, text) => (head === 'state' ? paint(text) : text),
    )
    if (error === undefined) return [line]
    return isBeside
      ? [`${line}${' '.repeat(gap)}${style.dim(cut(error, layout.room))}`]
      : [line, style.dim(cut(`  └ ${error}`, room))]
  })
  const title = style.dim(isBeside ? `${head}${' '.repeat(gap)}last error` : head)
  return [title, ...fitting(blocks, rows - 1)]
}

const fitting = (blocks: readonly (readonly string[])[], rows: number): readonly string[] => {
  if (blocks.flat().length <= rows) return blocks.flat()
  const shown: (readonly string[])[] = []
  for (const block of blocks) {
    if (shown.flat().length + block.length > rows - 1) break
    shown.push(block)
  }
  return [...shown.flat(), `and ${blocks.length - shown.length} more`]
}

const layoutOf = (members: readonly MemberStatus[], now: number, room: number): Layout => {
  const kept = columns.map((column) => {
    const lengths = members.map((member) => column.cell(member, now).length)
    const width = Math.max(column.head.length, ...lengths)
    return { ...column, width: column.head === 'engine' ? Math.min(width, longestName) : width }
  })
  const total = (): number => kept.reduce((sum, { width }) => sum + width + gap, -gap)
  while (total() > room) {
    const last = kept.toSorted((a, b) => b.rank - a.rank)[0]
    if (last === undefined || last.rank === 0) break
    kept.splice(kept.indexOf(last), 1)
  }
  const over = Math.max(0, total() - room)
  const [name, ...others] = kept
  if (name !== undefined && over > 0)
    return { columns: [{ ...name, width: Math.max(1, name.width - over) }, ...others], room: 0 }
  return { columns: kept, room: room - total() - gap }
}

const lineOf = (
  layout: Layout,
  cell: (column: Column) => string,
  paint: (column: Column, text: string) => string = (_, text) => text,
): string =>
  layout.columns
    .map((column) => {
      const text = cut(cell(column), column.width)
      const padded = column.isNumber ? text.padStart(column.width) : text.padEnd(column.width)
      return paint(column, padded)
    })
    .join(' '.repeat(gap))

const errorOf = ({ lastEnd }: MemberStatus): string | undefined =>
  lastEnd === undefined || lastEnd.reason === 'stopped'
    ? undefined
    : printable(lastEnd.message).replace(/^It /, '')
