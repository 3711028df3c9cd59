/** Log lines on stderr, which may be read slowly, never, or not at all. Writing at once, without ever blocking the engine. */
import { constants, fstatSync, openSync, writeSync } from 'node:fs'

export interface LineSink {
  /** Takes one line with its newline. Never throws and never waits. */
  write(line: string): void
  /** Tries once more to write what waits. */
  flush(): void
}

/** Lines that wait for a slow reader, in bytes; the oldest are dropped and counted. */
const ringBytes = 256 * 1024
const retryMs = 50

export const stderrSink = (): LineSink => {
  const fd = openNonBlocking()
  let waiting: Buffer[] = []
  let waitingBytes = 0
  let dropped = 0
  let timer: NodeJS.Timeout | undefined

  /** False when the reader is behind. */
  const put = (line: Buffer): boolean => {
    let rest = line
    try {
      while (rest.length > 0) rest = rest.subarray(writeSync(fd, rest))
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      // Any other error (closed, full disk): there is nobody to tell.
      if (code !== 'EAGAIN') return true
      if (rest.length < line.length) waiting.unshift(rest) // the reader must not get half a line
      else waiting.unshift(line)
      waitingBytes += rest.length
      return false
    }
    return true
  }
  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    while (waiting.length > 0) {
      const line = waiting.shift() as Buffer
      waitingBytes -= line.length
      if (!put(line)) return later()
    }
    if (dropped > 0) {
      const count = dropped
      dropped = 0
      const msg = 'log lines were dropped: nobody read stderr'
      keep(Buffer.from(`${JSON.stringify({ level: 40, time: Date.now(), dropped: count, msg })}\n`))
    }
  }
  const later = (): void => {
    timer ??= setTimeout(flush, retryMs).unref()
  }
  const keep = (line: Buffer): void => {
    if (waiting.length === 0) {
      if (!put(line)) later()
      return
    }
    waiting.push(line)
    waitingBytes += line.length
    // The first may be the rest of a line that has begun.
    while (waitingBytes > ringBytes && waiting.length > 1) {
      waitingBytes -= (waiting.splice(1, 1)[0] as Buffer).length
      dropped += 1
    }
  }
  return { write: (line) => keep(Buffer.from(line)), flush }
}

/**
 * Opens stderr anew, so that not blocking is a property of this descriptor alone and not of the terminal or pipe that
 * other processes share. What cannot be opened again is made so by Node, with its own stream for it.
 */
const openNonBlocking = (): number => {
  const stats = fstatSync(2)
  if (!stats.isFIFO() && !stats.isSocket()) return 2
  try {
    return openSync('/proc/self/fd/2', constants.O_WRONLY | constants.O_APPEND | constants.O_NONBLOCK)
  } catch {
    void process.stderr
    return 2
  }
}
