/** How fast a file is transcribed, and how long that will take. Pure: the time is given, in milliseconds. */

/** A file that an engine has. */
export interface Running {
  readonly file: string
  /** When the model began; undefined while it is loaded, or another file is before this one. */
  readonly startedAt?: number
  /** What was told last, and when. */
  readonly told?: {
    readonly at: number
    readonly processed: number
    readonly duration: number
    readonly ratio: number
  }
}

export interface Pace {
  readonly ratio: number
  /** Seconds of audio in one second; undefined before any are done. */
  readonly speed: number | undefined
  /** Goes down between two reports, too: engines report some thirty seconds of audio at once. */
  readonly leftMs: number | undefined
}

export const paceOf = ({ startedAt, told }: Running, now: number): Pace => {
  if (startedAt === undefined || told === undefined)
    return { ratio: 0, speed: undefined, leftMs: undefined }
  const { at, processed, duration, ratio } = told
  const tookMs = at - startedAt
  if (processed <= 0 || tookMs <= 0) return { ratio, speed: undefined, leftMs: undefined }
  const speed = (processed * 1000) / tookMs
  const leftMs = ((duration - processed) / speed) * 1000 - (now - at)
  return { ratio, speed, leftMs: Math.max(0, leftMs) }
}
