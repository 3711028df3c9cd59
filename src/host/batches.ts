/** Calls that leave together: as many messages as the engine needs them to be. */

/** @returns texts in their order, at most so many together, and no more bytes than a message may have */
export const batchesOf = (
  texts: readonly string[],
  most: number,
  longestBytes: number,
): readonly (readonly string[])[] => {
  const batches: string[][] = []
  let bytes = Infinity
  for (const text of texts) {
    const more = Buffer.byteLength(text) + 1
    const isFull = bytes + more >= longestBytes || batches.at(-1)?.length === most
    if (isFull) {
      batches.push([])
      bytes = 1
    }
    bytes += more
    batches.at(-1)?.push(text)
  }
  return batches
}
