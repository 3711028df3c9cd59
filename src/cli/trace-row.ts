/** What each line of a waterfall says, before it is known how much room there is. */
import type { TraceRow } from '../../telemetry/trace-tree.js'
import type { Bar } from './trace-bar.js'
import { type NameOf, type Note, notesOf, waitOf } from './trace-notes.js'
import { durationText, harmless } from './trace-text.js'

export interface RowText {
  readonly service: string
  readonly depth: number
  /** Stands in front of the kind and the name: failed, or of a parent that is not here. */
  readonly mark: '✗' | '↑' | ''
  readonly kind: string
  readonly name: string
  readonly bar: Bar
  readonly duration: string
  readonly notes: readonly Note[]
}

export const rowText = (row: TraceRow, nameOf: NameOf): RowText => {
  const call = row.type === 'span' ? row.span : row.call
  const timed = {
    service: harmless(call.service),
    depth: row.depth,
    duration: durationText(row.durationMs),
  }
  const startMs = row.type === 'span' ? row.startMs : row.callStartMs
  const times = {
    from: row.startMs,
    to: row.startMs + row.durationMs,
    waitedTo: startMs + waitOf(call),
  }
  if (row.type === 'stage') {
    const bar: Bar = { ...times, ticks: [], look: 'line' }
    return { ...timed, mark: '', kind: '', name: nameOrNone(row.name), bar, notes: [] }
  }
  const { span, isOrphan, ticks } = row
  return {
    ...timed,
    mark: span.status.code === 'ERROR' ? '✗' : isOrphan ? '↑' : '',
    kind: span.kind === 'INTERNAL' || span.kind === 'UNSPECIFIED' ? '' : span.kind,
    name: nameOrNone(span.name),
    bar: { ...times, ticks, look: 'block' },
    notes: notesOf(row, nameOf),
  }
}

export const nameOrNone = (name: string): string => harmless(name) || '(no name)'
