/** What one peer may ask of the other before it is refused. */

export interface Limits {
  /** Largest message read, in bytes of its JSON text. */
  readonly messageBytes: number
  /** Largest message written, in bytes of its JSON text. */
  readonly replyBytes: number
  /** Most members of one batch. */
  readonly batch: number
  /** Deepest nesting of arrays and objects. */
  readonly depth: number
  /** Ordinary calls wait unread while more bytes of output than this are unwritten. */
  readonly bufferBytes: number
  /** And while calls that are open, queued or running, hold more than this: their messages and 256 bytes each. */
  readonly openBytes: number
  /** How many bytes of waiting input are kept in memory, so that control calls behind them get through. */
  readonly controlBytes: number
}

const mebibyte = 2 ** 20

export const defaultLimits: Limits = {
  messageBytes: 16 * mebibyte,
  replyBytes: 64 * mebibyte,
  batch: 1000,
  depth: 1000,
  bufferBytes: 4 * mebibyte,
  openBytes: 64 * mebibyte,
  controlBytes: mebibyte,
}
