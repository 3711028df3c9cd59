/** Serves handlers in this process, by a Sidestream engine, and by what it stands on alone: see `dispatch.mjs`. */
import { filter } from 'rxjs'
import { engine, method, t } from 'sidestream'
import { testEngine } from 'sidestream/testing'
import { resultReply } from '../../src/protocol/encode.ts'
import { frame } from '../../src/protocol/frame.ts'
import { frameDecoder } from '../../src/protocol/framing.ts'
import { defaultLimits } from '../../src/protocol/limits.ts'
import { memoryTransport } from '../../src/testing/memory-transport.ts'

/** Real time, so that reading the clock costs what it costs; marble tests hand in a virtual one. */
const clock = {
  now: () => performance.now(),
  setTimer: (task, delayMs) => setTimeout(task, delayMs).unref(),
  clearTimer: (timer) => clearTimeout(timer),
}

/** @param pipelines - of the engine, standard ones unless given */
const drivenBy = (pipelines) => async (handlers, onText) => {
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
    ...pipelines,
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

export const driveEngine = drivenBy({})

/** Each call is answered by what it was asked, and no stage stands before or behind that. */
export const driveBare = drivenBy({
  calls: filter((call) => call.reply(call.params)),
  replies: (outcomes$) => outcomes$,
})

/** Without an engine: only what decodes, prints and carries messages. */
export const driveWire = async (handlers, onText) => {
  const { transport, peer } = memoryTransport()
  const { messageBytes } = defaultLimits
  const decoder = frameDecoder(undefined, messageBytes)
  peer.written$.subscribe((text) => {
    peer.written.length = 0
    onText(text)
  })
  transport.input$.subscribe((chunk) => {
    for (const text of decoder.push(chunk)) {
      const { id, method, params } = JSON.parse(text)
      transport.write(frame(resultReply(id, handlers[method](params)), 'ndjson'))
    }
  })
  return { send: peer.send, stop: async () => {} }
}
