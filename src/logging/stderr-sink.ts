/** Log lines on stderr, which may be read slowly, never, or not at all. Writing at once, without ever blocking the engine. */
import { constants, fstatSync, openSync, writeSync } from 'node:fs'

export interface LineSink {
  /** Takes one line with its newline. Never throws and never waits. */
  write(line: string): void
  /** Waits for a reader to take what is left, as long as it goes on reading. For the end of the process. */
  flush(): void
  /** Lines that were lost so far. */
  readonly dropped: number
}

/** Lines that wait for a slow reader, in bytes; the oldest are dropped and counted. */
const ringBytes = 256 * 1024
const retryMs = 50
/** While more comes than can wait, the reader is tried again no sooner than this. */
const rushedMs = 1
/** Pauses while flushing, how many of them without a byte taken mean that nobody reads, and how many there are at most. */
const pauseMs = 5
const idlePauses = 20
const mostPauses = 200

/** What became of a line; it is lost to a full disk or a closed descriptor. */
type Fate = 'written' | 'waiting' | 'lost'

export const stderrSink = (): LineSink => {
  const fd = openNonBlocking()
  const waiting: Buffer[] = []
  let waitingBytes = 0
  /** Of the lines that were lost, those that no line tells of yet. */
  let dropped = 0
  let allDropped = 0
  /** A disk that became full took only a part of the last line. */
  let isTorn = false
  let timer: NodeJS.Timeout | undefined
  let triedAt = 0

  const drop = (): void => {
    dropped += 1
    allDropped += 1
  }
  const put = (line: Buffer): Fate => {
    let rest = isTorn ? Buffer.concat([newline, line]) : line
    const { length } = rest
    try {
      while (rest.length > 0) rest = rest.subarray(writeSync(fd, rest))
      isTorn = false
      return 'written'
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') {
        waiting.unshift(rest) // of a line that has begun, the reader gets the rest
        waitingBytes += rest.length
        return 'waiting'
      }
      const taken = length - rest.length
      isTorn = isTorn ? taken !== 1 : taken > 0
      drop()
      return 'lost'
    }
  }
  const retry = (): void => {
    clearTimeout(timer)
    timer = undefined
    triedAt = performance.now()
    while (waiting.length > 0) {
      const line = waiting.shift() as Buffer
      waitingBytes -= line.length
      if (put(line) === 'waiting') {
        later()
        return
      }
    }
    report()
  }
  const later = (): void => {
    timer ??= setTimeout(retry, retryMs).unref()
  }
  const report = (): void => {
    if (dropped === 0) return
    const count = dropped
    const msg = 'log lines were dropped: stderr did not take them'
    const record = { level: 40, time: Date.now(), pid: process.pid, dropped: count, msg }
    const fate = put(Buffer.from(`${JSON.stringify(record)}\n`))
    dropped = fate === 'lost' ? count : 0
    if (fate === 'waiting') later()
  }
  const keep = (line: Buffer): void => {
    if (waiting.length === 0) {
      const fate = put(line)
      if (fate === 'written') report()
      else if (fate === 'waiting') later()
      return
    }
    waiting.push(line)
    waitingBytes += line.length
    if (waitingBytes > ringBytes && performance.now() - triedAt >= rushedMs) retry()
    // The first may be the rest of a line that has begun.
    while (waitingBytes > ringBytes && waiting.length > 1) {
      waitingBytes -= (waiting.splice(1, 1)[0] as Buffer).length
      drop()
    }
  }
  const flush = (): void => {
    let left = waitingBytes
    let idle = 0
    retry()
    for (let pause = 0; waiting.length > 0 && idle < idlePauses && pause < mostPauses; pause += 1) {
      idle = waitingBytes === left ? idle + 1 : 0
      left = waitingBytes
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs)
      retry()
    }
  }
  return {
    write: (line) => keep(Buffer.from(line)),
    flush,
    get dropped() {
      return allDropped
    },
  }
}

const newline = Buffer.from('\n')

/**
 * Opens stderr anew, so that not blocking is a property of this descriptor alone and not of the terminal or pipe that
 * other processes share. What cannot be opened again is made so by Node, with its own stream for it.
 */
const openNonBlocking = (): number => {
  const stats = fstatSync(2)
  if (!stats.isFIFO() && !stats.isSocket()) return 2
  try {
    return openSync(
      '/proc/self/fd/2',
      constants.O_WRONLY | constants.O_APPEND | constants.O_NONBLOCK,
    )
  } catch {
    void process.stderr
    return 2
  }
}
