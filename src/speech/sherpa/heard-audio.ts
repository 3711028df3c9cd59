/** The last samples that came, as many as may still be asked for. Places count from the beginning of what was heard. */
export interface HeardAudio {
  /** How many have come, with those that have been forgotten. */
  readonly length: number
  add(samples: Float32Array): void
  /** A copy. What has been forgotten, or has not come, is left out. */
  slice(start: number, end: number): Float32Array
  /** Nobody will ask for what comes before. */
  forget(before: number): void
}

export const heardAudio = (): HeardAudio => {
  let blocks: { readonly start: number; readonly samples: Float32Array }[] = []
  let length = 0
  return {
    get length() {
      return length
    },
    add(samples) {
      blocks.push({ start: length, samples: samples.slice() })
      length += samples.length
    },
    slice(start, end) {
      const parts = blocks
        .map(({ start: at, samples }) =>
          samples.subarray(Math.max(0, start - at), Math.max(0, end - at)),
        )
        .filter((part) => part.length > 0)
      const joined = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
      let at = 0
      for (const part of parts) {
        joined.set(part, at)
        at += part.length
      }
      return joined
    },
    forget(before) {
      blocks = blocks.filter(({ start, samples }) => start + samples.length > before)
    },
  }
}
