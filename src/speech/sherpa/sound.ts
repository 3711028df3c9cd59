/** What models and the detector hear. */

/** Of samples of one channel, in hertz. */
export const sampleRate = 16_000

/** A part of it, in samples from its beginning. */
export interface Found {
  readonly start: number
  readonly end: number
}
