/** What is told of a span beside its bar. */
import type { SpanLink, TraceSpan } from '../../telemetry/trace-span.js'
import { otherEvents } from '../../telemetry/trace-stages.js'
import type { SpanRow } from '../../telemetry/trace-tree.js'
import { durationText, harmless } from './trace-text.js'

/** The name of the span that a link leads to, if it is known. */
export type NameOf = (link: SpanLink) => string | undefined

/** An extra is told only where there is room beside the bar; others else get a line of their own. */
export interface Note {
  readonly text: string
  readonly tone: 'error' | 'fact' | 'extra'
}

export const notesOf = (
  { span, durationMs, isOrphan }: SpanRow,
  nameOf: NameOf,
): readonly Note[] => {
  const notes: Note[] = []
  const waitMs = waitOf(span)
  if (span.status.code === 'ERROR') notes.push({ text: errorText(span), tone: 'error' })
  if (span.links.length > 0) notes.push({ text: linksText(span, nameOf), tone: 'fact' })
  if (waitMs > 0 && waitMs >= durationMs / 100)
    notes.push({ text: `queued ${durationText(waitMs)}`, tone: 'extra' })
  if (isOrphan) notes.push({ text: 'parent elsewhere', tone: 'extra' })
  for (const text of eventTexts(span)) notes.push({ text, tone: 'extra' })
  return notes
}

/** For how long a call was queued, in milliseconds; 0 if that is not known. */
export const waitOf = ({ attributes }: TraceSpan): number => {
  const seconds = attributes['sidestream.queue.wait']
  return typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : 0
}

const errorText = ({ status, attributes }: TraceSpan): string => {
  const code = attributes['rpc.status_code'] ?? attributes['error.type']
  const parts = [code, status.message].filter((part) => part !== undefined && part !== null)
  return harmless(parts.join(' ')) || 'failed'
}

const mostLinks = 2
const shortId = (id: string): string => `${id.slice(0, 8)}…`

const linksText = ({ traceId, links }: TraceSpan, nameOf: NameOf): string => {
  const shown = links.slice(0, mostLinks).map((link) => {
    const name = nameOf(link)
    const isHere = link.traceId === traceId
    if (name === undefined)
      return isHere ? `span ${shortId(link.spanId)}` : `trace ${shortId(link.traceId)}`
    return isHere ? harmless(name) : `${harmless(name)} (trace ${shortId(link.traceId)})`
  })
  const more = links.length - shown.length
  return `↪ linked to ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

const eventTexts = (span: TraceSpan): readonly string[] => {
  const counts = new Map<string, number>()
  for (const { name } of otherEvents(span)) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].map(
    ([name, count]) => `· ${harmless(name)}${count === 1 ? '' : ` (${count} times)`}`,
  )
}
