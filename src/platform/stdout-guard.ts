/** Takes standard output away from everybody but the frames. */
import { closeSync, constants, fstatSync, openSync, type Stats } from 'node:fs'
import { Writable } from 'node:stream'
import type { Logger } from '../ports/logger.js'

export interface StdoutGuard {
  /** Where frames go. */
  readonly fd: number
  /** Bytes that JavaScript wrote to `process.stdout` and that became log records. */
  readonly strayBytes: () => number
}

/** Longest text of a stray write that is logged, in characters. */
const longestText = 1000

/**
 * Must run before anything touches `process.stdout`. From then on `process.stdout` and `console` write log records.
 * On Linux descriptor 1 itself is taken too, when it is a pipe or a regular file, so that native code and child processes
 * write to stderr. A socketpair cannot be opened again (ENXIO): as stdout, only JavaScript is guarded then; as stderr, what
 * native code prints is lost.
 *
 * @param log - asked for each record
 * @param channelFd - where frames go if the host has given them a channel of their own. Descriptor 1 stays as it is then:
 * the host counts what native code prints.
 */
export const guardStdout = (log: () => Logger, channelFd?: number): StdoutGuard => {
  let strayBytes = 0
  const fd = channelFd ?? takeDescriptor()
  const stray = lineWriter((text, bytes) => {
    strayBytes += bytes
    log().warn({ text: text.slice(0, longestText), bytes }, 'stray output on stdout')
  })
  Object.defineProperty(process, 'stdout', { configurable: true, enumerable: true, get: stray })
  logConsole(log)
  return { fd, strayBytes: () => strayBytes }
}

/** Moves frames to a descriptor of their own and points 1 at stderr. */
const takeDescriptor = (): number => {
  if (process.platform !== 'linux') return 1
  try {
    const stats = fstatSync(1)
    if (!stats.isFIFO() && !stats.isFile()) return 1
    // As in `> out 2>&1`: opened again, it would have a place of its own, and what is logged would write over the frames.
    if (stats.isFile() && isSame(stats, fstatSync(2))) return 1
    const { O_WRONLY, O_APPEND, O_NONBLOCK } = constants
    // Appending: a file that was given must keep what it holds. Not blocking: a named pipe may have lost its reader.
    const fd = openSync('/proc/self/fd/1', O_WRONLY | O_APPEND | O_NONBLOCK)
    closeSync(1)
    pointFirstAtStderr()
    return fd
  } catch {
    return 1
  }
}

const isSame = (one: Stats, other: Stats): boolean => one.ino === other.ino && one.dev === other.dev

/** The lowest free descriptor is taken, which is 1. Without a way to stderr, what would be printed is lost. */
const pointFirstAtStderr = (): void => {
  try {
    openSync('/proc/self/fd/2', 'a')
  } catch {
    openSync('/dev/null', 'a')
    return
  }
  if (!fstatSync(2).isFile()) return
  // Opened again, 1 has a place of its own in the file: unless both append, they would write over each other.
  closeSync(2)
  openSync('/proc/self/fd/1', 'a')
}

/** Made when first asked for: a stream costs time at start, and most engines never write to it. */
const lineWriter = (write: (text: string, bytes: number) => void): (() => Writable) => {
  let stream: Writable | undefined
  return () => {
    stream ??= Object.assign(
      new Writable({
        decodeStrings: true,
        write(chunk: Buffer, _encoding, done) {
          write(chunk.toString().trimEnd(), chunk.length)
          done()
        },
      }),
      { fd: 1 },
    )
    return stream
  }
}

const levels = {
  log: 'info',
  info: 'info',
  debug: 'debug',
  trace: 'debug',
  warn: 'warn',
  error: 'error',
  assert: 'error',
} as const
const others = [
  'dir',
  'dirxml',
  'table',
  'group',
  'groupCollapsed',
  'groupEnd',
  'count',
  'countReset',
  'time',
  'timeLog',
  'timeEnd',
] as const

/** Each call of a console method becomes one record. */
const logConsole = (log: () => Logger): void => {
  let level: 'debug' | 'info' | 'warn' | 'error' = 'info'
  const stream = lineWriter((text) => log()[level]({ source: 'console' }, text))
  let printer: typeof console | undefined
  for (const name of [...Object.keys(levels), ...others] as (keyof typeof levels)[]) {
    console[name] = (...args: unknown[]): void => {
      printer ??= new console.Console({ stdout: stream(), stderr: stream(), colorMode: false })
      level = levels[name] ?? 'info'
      ;(printer[name] as (...values: unknown[]) => void)(...args)
    }
  }
}
