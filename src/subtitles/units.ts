/** The pieces of all segments, and when each is said. */
import type { Segment } from '../models/segment.js'
import { toMs } from './cue.js'
import type { Limits } from './limits.js'
import { type Piece, piecesOf } from './pieces.js'
import { spaceBetween } from './scripts.js'
import { type Timeline, timelineOf } from './timeline.js'

export interface Unit extends Piece {
  /** In milliseconds. Each unit starts after the one before. */
  readonly start: number
  readonly end: number
  /** How long it may be shown at the end of a cue, in milliseconds. */
  readonly until: number
  readonly source: Timeline
}

export const unitsOf = (segments: readonly Segment[], limits: Limits): readonly Unit[] => {
  const inOrder = [...segments].sort((a, b) => a.start - b.start)
  const units: Unit[] = []
  inOrder.forEach((segment, index) => {
    const nextStart = toMs(inOrder[index + 1]?.start ?? Number.POSITIVE_INFINITY)
    const source = timelineOf(segment, { nextStart, maxMs: limits.maxMs })
    for (const piece of piecesOf(source, limits.columns)) {
      units.push(unitOf(piece, source, units.at(-1), limits))
    }
  })
  return units
}

const unitOf = (
  piece: Piece,
  source: Timeline,
  before: Unit | undefined,
  { padMs }: Limits,
): Unit => {
  const start = Math.max((before?.start ?? -1) + 1, source.startAt(piece.from))
  const end = Math.max(start, source.endAt(piece.to))
  const isLast = piece.to === source.text.length
  const until = source.timing === 'words' ? end + padMs : isLast ? source.until : end
  const isFirst = before !== undefined && before.source !== source
  const space = isFirst ? spaceBetween(before.text, piece.text) : piece.space
  return { ...piece, space, start, end, until, source }
}
