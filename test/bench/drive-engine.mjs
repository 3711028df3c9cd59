/** Serves handlers by a Sidestream engine in this process: what `dispatch.mjs` measures against the bare loop. */
import { engine, method, t } from 'sidestream'
import { testEngine } from 'sidestream/testing'

/** Real time, so that reading the clock costs what it costs; marble tests hand in a virtual one. */
const clock = {
  now: () => performance.now(),
  setTimer: (task, delayMs) => setTimeout(task, delayMs).unref(),
  clearTimer: (timer) => clearTimeout(timer),
}

export const driveEngine = async (handlers, onText) => {
  const methods = Object.fromEntries(
    Object.entries(handlers).map(([name, handler]) => [
      name,
      method({ params: t.unknown, result: t.unknown, handler }),
    ]),
  )
  const bench = engine({
    name: 'dispatch',
    version: '1.0.0',
    methods,
    deadline: '30s',
    limit: { concurrency: 100_000, queue: 1_000 },
    limits: { bufferBytes: 64 * 2 ** 20 }, // by default reading stops at some 7,000 small open calls
  })
  const { peer, done } = testEngine(clock, bench)
  peer.written$.subscribe((text) => {
    peer.written.length = 0 // kept for tests; here it would be garbage collection on the engine's bill
    onText(text)
  })
  return {
    send: peer.send,
    stop: async () => {
      peer.end()
      await done
    },
  }
}
