/** The end of a process that something would keep alive. */
import type { Writable } from 'node:stream'

/** Ends it when what it has printed is written, or cannot be. */
export const exitWith = async (code: number): Promise<never> => {
  await Promise.all([process.stdout, process.stderr].map(written))
  process.exit(code)
}

const written = (stream: Writable): Promise<void> =>
  new Promise((resolve) => {
    stream.on('error', () => {}) // told to the callback, too
    stream.write('', () => resolve())
  })
