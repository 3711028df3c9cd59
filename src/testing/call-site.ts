/** Where in a test an expectation was written. */
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface CallSite {
  /** `test/a.test.ts:12:5`, from the working directory. */
  readonly place: string
  /** The stack below the captured call, without a header. */
  readonly frames: string
}

const placeOf = (frame: string): string => {
  const [, file = '', position = ''] =
    frame.match(/\(?((?:file:\/\/|\/|[A-Z]:)[^()]*?)(:\d+:\d+)\)?$/u) ?? []
  const path = file.startsWith('file:') ? fileURLToPath(file) : file
  return path ? relative(process.cwd(), path) + position : frame.trim()
}

/** @param above - the function whose caller is meant; it must be running */
export const callSite = (above: (...args: never[]) => unknown): (() => CallSite) => {
  const captured = new Error()
  Error.captureStackTrace(captured, above)
  return () => {
    const frames = (captured.stack ?? '').split('\n').filter((line) => /^\s+at /u.test(line))
    return { place: placeOf(frames[0] ?? ''), frames: frames.join('\n') }
  }
}
