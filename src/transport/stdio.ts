/** Standard input, and the descriptor that frames are written to, as a Transport. */
import { once } from 'node:events'
import { createWriteStream, fstatSync, readSync } from 'node:fs'
import { Socket } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import { Observable, Subject } from 'rxjs'
import type { Transport } from '../ports/transport.js'

/** As much as a pipe holds. */
const pipeBytes = 65536

/**
 * Standard input, with what has been written to it: an engine that was called while it started answers before the event
 * loop begins, where V8 first collects the garbage of the start.
 */
export const openInput = (): Readable => {
  const { stdin } = process
  const isPipe = stdin instanceof Socket && !stdin.isTTY
  if (!isPipe || process.platform === 'win32') return stdin // where Node makes a pipe one that does not block
  const bytes = Buffer.allocUnsafeSlow(pipeBytes)
  try {
    const length = readSync(stdin.fd, bytes)
    if (length > 0) stdin.unshift(bytes.subarray(0, length))
  } catch {
    // Nothing is there yet; of what else fails the stream tells.
  }
  return stdin
}

/** A stream for a descriptor, by what it is. Pipes and sockets never block the event loop. */
export const openOutput = (fd: number): Writable => {
  const stats = fstatSync(fd)
  if (stats.isFIFO() || stats.isSocket()) return new Socket({ fd, readable: false, writable: true })
  if (stats.isCharacterDevice()) {
    const { isatty, WriteStream } = process.getBuiltinModule('node:tty') // seldom, and slow to load
    if (isatty(fd)) return new WriteStream(fd)
  }
  return createWriteStream('', { fd, autoClose: false })
}

export const streamTransport = (input: Readable, output: Writable): Transport => {
  const drained$ = new Subject<void>()
  const broken$ = new Subject<Error>()
  let pending = ''
  let taken = 0
  let lost = 0
  let isScheduled = false
  let isReading = false
  let isSlow = false
  let isBroken = false
  let isEnding = false

  /** One write at a time: what is behind one that the system has not taken is known to have reached nobody. */
  const flush = (): void => {
    isScheduled = false
    if (pending === '' || isBroken) return
    isSlow ||= output.writableLength > 0
    if (output.writableLength > 0) return
    const text = pending
    pending = ''
    isSlow = !output.write(text, written) || isSlow
  }
  const written = (): void => {
    flush()
    if (!isSlow || output.writableLength > 0) return
    isSlow = false
    drained$.next()
  }
  const fail = (error: Error): void => {
    if (isBroken) return
    isBroken = true
    lost = pending.length
    pending = ''
    broken$.next(error)
  }
  output.on('error', fail)
  // A pipe whose reader left is told by the next write; a socket by its close.
  output.on('close', () => fail(new Error('The output was closed')))

  return {
    input$: new Observable((subscriber) => {
      const end = () => subscriber.complete()
      input.on('data', (chunk: Uint8Array) => {
        isReading = true
        subscriber.next(chunk)
        isReading = false
        flush()
      })
      input.once('end', end)
      input.once('close', end)
      input.once('error', (error) => subscriber.error(error))
      return () => input.destroy()
    }),
    drained$,
    broken$,
    write(frame) {
      if (isEnding) return
      taken += frame.length
      if (isBroken) lost += frame.length
      else pending += frame
      if (isBroken || isReading || isScheduled) return
      isScheduled = true
      setImmediate(flush)
    },
    get unwritten() {
      return isBroken ? 0 : pending.length + output.writableLength
    },
    get taken() {
      return taken
    },
    get bytesWritten() {
      return (output as Partial<Socket>).bytesWritten ?? 0
    },
    get handedOver() {
      return taken - pending.length - lost
    },
    pause: () => void input.pause(),
    resume: () => void input.resume(),
    async end() {
      isEnding = true
      if (isBroken) return
      if (pending !== '') output.write(pending)
      pending = ''
      output.removeAllListeners('close')
      const finished = Promise.race([
        once(output, 'finish'),
        once(output, 'error'),
        once(output, 'close'),
      ])
      output.end()
      await finished.catch(() => {})
    },
  }
}
