/** The pieces that lines are made of: words, and what rules of printing tie together. */
import type { Range } from './aligned.js'
import { clustersOf, columnsOf, columnsOfCluster } from './columns.js'
import { isTied, isTiedBySpace, leaning, separator, spaceless, wordStarts } from './scripts.js'
import type { Timeline } from './timeline.js'

/** How well a line may end before a unit: between words, between characters, against the rules, or in a word. */
export type Joint = 'word' | 'character' | 'tied' | 'split'

/** `from` and `to` are places in the text that it comes from. */
export interface Piece extends Range {
  readonly text: string
  readonly columns: number
  /** What stands before it within a line. */
  readonly space: '' | ' ' | '\u3000'
  readonly joint: Joint
}

/** Between spaces. */
interface Stretch {
  readonly text: string
  readonly from: number
  readonly space: Piece['space']
}

/** None is longer than a line, but for a single character. */
export const piecesOf = (source: Timeline, columns: number): readonly Piece[] => {
  const edges =
    source.timing === 'words' ? new Set(source.spans.map(({ from }) => from)) : undefined
  const pieces = stretchesOf(source.text).flatMap((stretch) => piecesIn(stretch, edges))
  return tied(
    pieces.flatMap((piece) => cut(piece, columns)),
    columns,
  )
}

const stretchesOf = (text: string): readonly Stretch[] => {
  const stretches: Stretch[] = []
  let from = 0
  let space: Piece['space'] = ''
  const add = (to: number): void => {
    if (to > from) stretches.push({ text: text.slice(from, to), from, space })
  }
  for (const { 0: run, index } of text.matchAll(separator)) {
    add(index)
    from = index + run.length
    space = run === ' ' || run === '\u3000' ? run : ''
  }
  add(text.length)
  return stretches
}

/**
 * @param edges - where words begin, where that is known: dictionaries tell it else
 */
const piecesIn = (
  { text, from, space }: Stretch,
  edges: ReadonlySet<number> | undefined,
): readonly Piece[] => {
  if (!spaceless.test(text)) {
    return [piece(text, from, space, 'word')]
  }
  const starts = wordStarts(text)
  const pieces: Piece[] = []
  let begin = 0
  let joint: Joint = 'word'
  let place = 0
  let before = ''
  for (const cluster of clustersOf(text)) {
    const isBetween = spaceless.test(before) || spaceless.test(cluster)
    const isEdge = edges === undefined ? starts.has(place) : edges.has(from + place)
    if (place > 0 && isBetween && isEdge) {
      pieces.push(piece(text.slice(begin, place), from + begin, begin === 0 ? space : '', joint))
      begin = place
      joint = jointOf(before, cluster, starts.has(place))
    }
    place += cluster.length
    before = cluster
  }
  return [...pieces, piece(text.slice(begin), from + begin, begin === 0 ? space : '', joint)]
}

const jointOf = (before: string, after: string, isWord: boolean): Joint => {
  if (isTied(before, after)) return 'tied'
  return isWord && !(leaning.test(after) && spaceless.test(before)) ? 'word' : 'character'
}

const piece = (text: string, from: number, space: Piece['space'], joint: Joint): Piece => ({
  ...{ text, from, space, joint },
  to: from + text.length,
  columns: columnsOf(text),
})

/** What must not be torn apart is one piece, as far as it fits in a line. */
const tied = (pieces: readonly Piece[], columns: number): readonly Piece[] => {
  const joined: Piece[] = []
  for (const next of pieces) {
    const last = joined.at(-1)
    const isBound =
      next.joint === 'tied' || (last && next.space !== '' && isTiedBySpace(last.text, next.text))
    const width = last && last.columns + columnsOf(next.space) + next.columns
    if (last === undefined || width === undefined || !isBound) joined.push(next)
    else if (width > columns) joined.push({ ...next, joint: 'tied' })
    else {
      const text = last.text + next.space + next.text
      joined[joined.length - 1] = { ...last, text, to: next.to, columns: width }
    }
  }
  return joined
}

/** The last resort for a word that is longer than a line: where a word of a dictionary begins, or else where marks allow it. */
const cut = (long: Piece, columns: number): readonly Piece[] => {
  if (long.columns <= columns) return [long]
  const starts = spaceless.test(long.text) ? wordStarts(long.text) : new Set<number>()
  const parts: Piece[] = []
  let begin = 0
  let wordAt = 0
  let looseAt = 0
  let place = 0
  let width = 0
  let before = ''
  const end = (to: number): void => {
    const joint = begin === 0 ? long.joint : 'split'
    const space = begin === 0 ? long.space : ''
    parts.push(piece(long.text.slice(begin, to), long.from + begin, space, joint))
    begin = to
  }
  for (const cluster of clustersOf(long.text)) {
    const more = columnsOfCluster(cluster)
    if (!isTied(before, cluster)) {
      looseAt = place
      if (starts.has(place)) wordAt = place
    }
    while (width + more > columns && place > begin) {
      end([wordAt, looseAt].find((it) => it > begin) ?? place)
      width = columnsOf(long.text.slice(begin, place))
    }
    place += cluster.length
    width += more
    before = cluster
  }
  end(long.text.length)
  return parts
}
