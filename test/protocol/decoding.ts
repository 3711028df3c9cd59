/** Feeds decoders and shows what comes out: texts as they are, errors as `!Kind`. */
import type { Frame, FrameDecoder } from '../../src/protocol/frame.js'

export const bytesOf = (...parts: readonly (string | readonly number[])[]): Buffer =>
  Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))),
  )

export const shown = (frame: Frame): string =>
  typeof frame === 'string' ? frame : `!${frame.kind}`

/** What a whole stream becomes, its end and a fatal error (as `fatal`) included. */
export const decoded = (decoder: FrameDecoder, chunks: Iterable<Uint8Array>): readonly string[] => {
  const frames: string[] = []
  for (const chunk of chunks) {
    // A decoder must keep no reference to a chunk: streams reuse their buffers.
    const lent = Buffer.from(chunk)
    frames.push(...decoder.push(lent).map(shown))
    lent.fill(0x20)
  }
  frames.push(...decoder.end().map(shown))
  return decoder.fatal === undefined ? frames : [...frames, 'fatal']
}

export const inPieces = (bytes: Buffer, size: number): readonly Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, piece) =>
    bytes.subarray(piece * size, (piece + 1) * size),
  )

/** Every way to cut a stream once or into equal pieces, with the name of the cut. */
export const cuts = (bytes: Buffer): readonly (readonly [string, readonly Buffer[]])[] => [
  ['whole', [bytes]],
  ...Array.from({ length: bytes.length + 1 }, (_, at) => {
    const pieces = [bytes.subarray(0, at), bytes.subarray(at)]
    return [`cut at ${at}`, pieces] as const
  }),
  ...[1, 2, 3, 5, 7].map((size) => [`pieces of ${size}`, inPieces(bytes, size)] as const),
]
