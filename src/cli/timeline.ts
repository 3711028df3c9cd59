/** Speech in a recording, drawn: a bar as long as the recording, then each segment with its times. */
import { printable, type Style } from './style.js'

export interface Segment {
  /** In seconds. */
  readonly start: number
  readonly end: number
  readonly text?: unknown
}

/** What voice detection and transcription answer. */
export interface Timeline {
  readonly segments: readonly Segment[]
  /** In seconds. */
  readonly duration: number
}

export const isTimeline = (value: unknown): value is Timeline => {
  const { segments, duration } = (value ?? {}) as Partial<Timeline>
  return (
    typeof duration === 'number' &&
    duration > 0 &&
    Array.isArray(segments) &&
    segments.every(isSegment)
  )
}

const isSegment = (value: unknown): value is Segment => {
  const { start, end } = (value ?? {}) as Partial<Segment>
  return typeof start === 'number' && typeof end === 'number'
}

export const timeline = (
  { segments, duration }: Timeline,
  style: Style,
  columns: number,
): string => {
  const speech = segments.reduce((sum, { start, end }) => sum + end - start, 0)
  const [from, to] = [clock(0, duration), clock(duration, duration)]
  const room = Math.max(10, columns - from.length - to.length - 4)
  const digits = `${segments.length}`.length
  const rows = segments.map(({ start, end, text }, index) => {
    const times = `${clock(start, duration)} → ${clock(end, duration)}`
    const said = typeof text === 'string' ? `  ${printable(text).trim()}` : ''
    return `  ${style.dim(`${index + 1}`.padStart(digits))}  ${times}  ${style.dim(length(start, end))}${said}`
  })
  const count = `${segments.length} ${segments.length === 1 ? 'segment' : 'segments'}`
  const sum = `${speech.toFixed(1)} of ${duration.toFixed(1)} s`
  return [
    `${style.dim(from)} ${drawn(segments, duration, room, style)} ${style.dim(to)}`,
    '',
    ...rows,
    ...(rows.length > 0 ? [''] : []),
    `${style.bold(count)}, speech in ${sum} (${Math.round((100 * speech) / duration)} %)`,
  ].join('\n')
}

const length = (start: number, end: number): string => `${(end - start).toFixed(2)} s`.padStart(8)

/** A column is full when speech takes up half of its time, and shaded when there is any. */
const drawn = (
  segments: readonly Segment[],
  duration: number,
  columns: number,
  style: Style,
): string => {
  const seconds = duration / columns
  const filled = new Array<number>(columns).fill(0)
  for (const { start, end } of segments) {
    for (
      let i = Math.max(0, Math.floor(start / seconds));
      i < columns && i * seconds < end;
      i += 1
    ) {
      filled[i] =
        (filled[i] as number) + Math.min(end, (i + 1) * seconds) - Math.max(start, i * seconds)
    }
  }
  const cells = filled.map((some) => (some >= seconds / 2 ? '█' : some > 0 ? '▒' : '·')).join('')
  return cells.replace(/·+|[█▒]+/g, (run) =>
    run.startsWith('·') ? style.dim(run) : style.green(run),
  )
}

/** `00:01.230`, with hours in recordings that have them. */
export const clock = (seconds: number, duration = seconds): string => {
  const ms = Math.round(seconds * 1000)
  const two = (n: number): string => `${Math.floor(n)}`.padStart(2, '0')
  const hours = duration >= 3600 ? `${two(ms / 3_600_000)}:` : ''
  return `${hours}${two((ms / 60_000) % (hours === '' ? Number.POSITIVE_INFINITY : 60))}:${two((ms / 1000) % 60)}.${`${ms % 1000}`.padStart(3, '0')}`
}
