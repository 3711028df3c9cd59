/**
 * What the engine itself costs, in this process and without a pipe: `node test/bench/dispatch.mjs [--quick]`.
 *
 * Both measures take a `drive`: `(handlers, onText) => Promise<{ send(bytes), stop() }>` serves the handlers, hands
 * chunks to the server by `send` and its output to `onText`. `driveBare` is the loop every server needs; what
 * another drive costs above it is its dispatch.
 */
import { burstOf, scenarios } from './scenarios.mjs'
import { median } from './table.mjs'

const perChunk = 32
const perTurn = 10

/** Split, parse, call, print: no ids kept, no checks, nothing in flight known. */
export const driveBare = async (handlers, onText) => ({
  send: (bytes) => {
    let out = ''
    const reply = (id, result) => `${JSON.stringify({ jsonrpc: '2.0', id, result })}\n`
    for (const line of bytes.toString().split('\n')) {
      if (line === '') continue
      const { id, method, params } = JSON.parse(line)
      const result = handlers[method](params)
      if (result instanceof Promise) result.then((value) => onText(reply(id, value)))
      else out += reply(id, result)
    }
    if (out !== '') onText(out)
  },
  stop: async () => {},
})

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

/** Both promises as ratios: `dispatch` ≤ 0.5 × JSON.parse of the message, `inFlight` ≤ 10. */
export const measureDispatch = async (drive, { rounds = 5, sliceMs = 300 } = {}) => {
  const taken = { parse: [], bare: [], whole: [], few: [], many: [] }
  for (let round = 0; round < rounds; round += 1) {
    taken.parse.push(await costOfParse(sliceMs))
    taken.bare.push(await costOfWhole(driveBare, sliceMs))
    taken.whole.push(await costOfWhole(drive, sliceMs))
    taken.few.push(await costInFlight(drive, 10, sliceMs))
    taken.many.push(await costInFlight(drive, 10_000, sliceMs))
  }
  const { parse, bare, whole, few, many } = taken
  const [parseNs, bareNs, wholeNs, fewNs, manyNs] = Object.values(taken).map(median)
  return {
    ns: { parse: parseNs, bare: bareNs, whole: wholeNs, inFlight10: fewNs, inFlight10000: manyNs },
    // Figures of one round belong together: the machine may be slower in the next.
    dispatch: median(parse.map((ns, i) => (whole[i] - bare[i]) / ns)),
    inFlight: median(few.map((ns, i) => many[i] / ns)),
  }
}

if (process.argv[1] === import.meta.filename) {
  const { driveEngine } = await import('./drive-engine.mjs')
  const pace = process.argv.includes('--quick') ? { rounds: 1, sliceMs: 100 } : {}
  console.log(JSON.stringify(await measureDispatch(driveEngine, pace)))
}
