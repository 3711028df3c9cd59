/**
 * What the engine itself costs, in this process and without a pipe. It looks inside, so it runs from source:
 * `node --conditions=sidestream-source --import tsx test/bench/dispatch.mjs [--quick]`.
 *
 * Each measure takes a `drive`: `(handlers, onText) => Promise<{ send(bytes), stop() }>` serves the handlers, hands
 * chunks to the server by `send` and its output to `onText`.
 */
import { burstOf, scenarios } from './scenarios.mjs'
import { median } from './table.mjs'

const perChunk = 32
const perTurn = 10

const cpuNs = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) * 1_000
}

/** CPU of this process per call in ns, while `turn` runs for `ms`; `turn` returns how many calls it was. */
const nsPerCall = async (ms, turn) => {
  const endAt = performance.now() + ms
  const before = cpuNs()
  let calls = 0
  while (performance.now() < endAt) calls += await turn()
  return (cpuNs() - before) / calls
}

/** Serves `echo`, and `hold`, which answers when it is released; counts replies. */
const servedBy = async (drive) => {
  let held = []
  let released = 0
  let missing = 0
  let allAnswered = () => {}
  const handlers = {
    echo: (params) => params,
    hold: () => new Promise((resolve) => held.push(resolve)),
  }
  const { send, stop } = await drive(handlers, (text) => {
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) missing -= 1
    if (missing <= 0) allAnswered()
  })
  return {
    send,
    stop,
    heldCount: () => held.length - released,
    answersTo: (count, act) =>
      new Promise((resolve) => {
        missing = count
        allAnswered = resolve
        act()
      }),
    release: (count) => {
      for (const end = released + count; released < end; released += 1) held[released](0)
      if (released < 100_000) return
      held = held.slice(released) // seldom: shift() of a long list would be measured as the engine's
      released = 0
    },
  }
}

const [small] = scenarios
const hold = { method: 'hold', params: () => ({}), result: () => 0 }

/** ns a message of a chunk of 32, from bytes in to text out. */
const costOfWhole = async (drive, ms) => {
  const server = await servedBy(drive)
  const { bytes } = burstOf(small, 'ndjson', 1, perChunk)
  const turn = async () => {
    await server.answersTo(perChunk, () => server.send(bytes))
    return perChunk
  }
  await nsPerCall(ms, turn) // warm-up
  const ns = await nsPerCall(ms, turn)
  await server.stop()
  return ns
}

const costOfParse = async (ms) => {
  const lines = burstOf(small, 'ndjson', 1, perChunk).bytes.toString().trim().split('\n')
  const turn = () => {
    for (const line of lines) JSON.parse(line)
    return perChunk
  }
  await nsPerCall(ms, turn)
  return nsPerCall(ms, turn)
}

/** ns to complete the oldest call and start another, with `count` in flight all the while. */
const costInFlight = async (drive, count, ms) => {
  const server = await servedBy(drive)
  const chunks = []
  for (let i = 0; i < 2 * count; i += perTurn) {
    chunks.push(burstOf(hold, 'ndjson', i + 1, perTurn).bytes) // an id comes again when its call was long answered
  }
  let next = 0
  const startSome = () => {
    server.send(chunks[next % chunks.length])
    next += 1
  }
  while (next * perTurn < count) startSome()
  while (server.heldCount() < count) await new Promise(setImmediate)
  const turn = async () => {
    await server.answersTo(perTurn, () => server.release(perTurn))
    startSome()
    while (server.heldCount() < count) await new Promise(setImmediate)
    return perTurn
  }
  await nsPerCall(ms, turn)
  const ns = await nsPerCall(ms, turn)
  await server.answersTo(count, () => server.release(count))
  await server.stop()
  return ns
}

/**
 * `dispatch`: all stages of the standard pipelines, × JSON.parse of the message; `engine`: these, the checks of the
 * message, its call, and the way out, up to printing; `inFlight`: a call among 10,000, × a call among 10.
 */
export const measureDispatch = async (
  { engine, bare, wire },
  { rounds = 5, sliceMs = 300 } = {},
) => {
  const taken = { parse: [], wire: [], bare: [], whole: [], few: [], many: [] }
  for (let round = 0; round < rounds; round += 1) {
    taken.parse.push(await costOfParse(sliceMs))
    taken.wire.push(await costOfWhole(wire, sliceMs))
    taken.bare.push(await costOfWhole(bare, sliceMs))
    taken.whole.push(await costOfWhole(engine, sliceMs))
    taken.few.push(await costInFlight(engine, 10, sliceMs))
    taken.many.push(await costInFlight(engine, 10_000, sliceMs))
  }
  // Figures of one round belong together: the machine may be slower in the next.
  const perRound = (ratio) => median(taken.parse.map((_, i) => ratio((name) => taken[name][i])))
  return {
    ns: Object.fromEntries(Object.entries(taken).map(([name, ns]) => [name, median(ns)])),
    dispatch: perRound((ns) => (ns('whole') - ns('bare')) / ns('parse')),
    engine: perRound((ns) => (ns('whole') - ns('wire')) / ns('parse')),
    inFlight: perRound((ns) => ns('many') / ns('few')),
  }
}

if (process.argv[1] === import.meta.filename) {
  const { driveBare, driveEngine, driveWire } = await import('./drive-engine.mjs')
  const drives = { engine: driveEngine, bare: driveBare, wire: driveWire }
  const pace = process.argv.includes('--quick') ? { rounds: 1, sliceMs: 100 } : {}
  console.log(JSON.stringify(await measureDispatch(drives, pace)))
}
