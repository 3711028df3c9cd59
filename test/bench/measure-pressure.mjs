/** Two hard cases of a pipe: a reader that stalls, and an input that ends before its answers are read. */
import { setTimeout as wait } from 'node:timers/promises'
import { burstOf, oneKilobyte } from './scenarios.mjs'
import { start } from './server-process.mjs'

const blockedMs = 1_000
const writeBytes = 64 * 1_024

/** Writes all of `bytes` piece by piece; `isBlocked()` tells whether the pipe took nothing for a second. */
const writing = (stdin, bytes) => {
  let takenAt = performance.now()
  const writeFrom = (start) =>
    new Promise((resolve) => {
      takenAt = performance.now()
      if (start >= bytes.length) resolve()
      else
        stdin.write(bytes.subarray(start, start + writeBytes), () => {
          resolve(writeFrom(start + writeBytes))
        })
    })
  return { done: writeFrom(0), isBlocked: () => performance.now() - takenAt > blockedMs }
}

/**
 * Offers 40 MB of echoes of 1 KB to a server whose reader stalls, until its input has been blocked for a second
 * (or, if it never blocks, a second after all was taken); then reads on and wants every answer.
 *
 * @returns how far RSS rose above its value after warm-up, in MB, while nobody read
 */
export const measureSlowReader = async (server, { warmUpMs, messages = 40_000 }) => {
  const [framing] = Object.keys(server.commands)
  const running = start(server, framing)
  try {
    const warmUp = burstOf(oneKilobyte, framing, 1, 256)
    await running.pump(warmUp, await running.exchange(warmUp), warmUpMs)
    const offered = burstOf(oneKilobyte, framing, 100_001, messages)
    return await running.converse('slow reader', offered, async ({ complete }) => {
      const before = running.rssMb()
      let peak = before
      running.pauseReading()
      const { done, isBlocked } = writing(running.stdin, offered.bytes)
      while (!isBlocked()) {
        await wait(20)
        peak = Math.max(peak, running.rssMb())
      }
      running.resumeReading()
      await done
      await complete
      return peak - before
    })
  } finally {
    await running.kill()
  }
}

/**
 * Writes 4,000 requests of 1 KB and ends the input before a single answer is read.
 *
 * @returns `missing` answers and the process's `exit`
 */
export const measureEndOfInput = async (server, { messages = 4_000 } = {}) => {
  const [framing] = Object.keys(server.commands)
  const running = start(server, framing)
  try {
    const offered = burstOf(oneKilobyte, framing, 1, messages)
    return await running.converse(
      'end of input',
      offered,
      async ({ missing }) => {
        running.pauseReading()
        running.stdin.end(offered.bytes)
        await wait(500)
        running.resumeReading()
        const exit = await Promise.race([running.closed, wait(15_000, 'none', { ref: false })])
        return { missing: missing(), exit }
      },
      { mayEnd: true },
    )
  } finally {
    await running.kill()
  }
}
