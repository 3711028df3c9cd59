/** The traffic that is measured, as data; and the bursts made of it. */
import { encode } from './frames.mjs'

const prose = 'The quick brown fox jumps over the lazy dog, and the engine answers. '
const textOf = (length) => prose.repeat(Math.ceil(length / prose.length)).slice(0, length)
const text1k = textOf(960)
const text4k = textOf(4_000)
const text1m = textOf(2 ** 20)

const echo = (params) => ({ method: 'echo', params, result: (sent) => sent })
const small = echo((id) => ({ text: 'hello, world', n: id }))
const sleep = {
  method: 'sleep',
  params: (id) => ({ ms: id % 6 }),
  result: ({ ms }) => ms,
}

/** `must` and `aim` are multiples of the floor. `inFlight` calls are sent at once, then all answers awaited. */
export const scenarios = [
  { id: 'small-1', title: 'small, 1 in flight', ...small, inFlight: 1, must: 1.3, aim: 1.1 },
  { id: 'small-32', title: 'small, 32', ...small, inFlight: 32, must: 1.3, aim: 1 },
  { id: 'small-1024', title: 'small, 1,024', ...small, inFlight: 1_024, must: 1.3, aim: 1 },
  {
    id: 'add',
    title: 'validated `add`, 32',
    method: 'add',
    params: (id) => ({ a: id, b: 0.5 }),
    result: ({ a, b }) => a + b,
    inFlight: 32,
    must: 1.45,
    aim: 1.15,
  },
  {
    id: 'echo-4k',
    title: '4 KB, 8',
    ...echo((id) => ({ text: text4k, n: id })),
    inFlight: 8,
    must: 1.2,
    aim: 1.05,
  },
  {
    id: 'echo-1m',
    title: '1 MB, 2',
    ...echo((id) => ({ text: text1m, n: id })),
    inFlight: 2,
    must: 1.2,
    aim: 1.05,
  },
  {
    id: 'batch',
    title: 'batch of 100',
    ...small,
    inFlight: 100,
    needs: 'batch',
    must: 1.4,
    aim: 1.15,
  },
  { id: 'sleep-1000', title: 'sleep 0–5 ms, 1,000', ...sleep, inFlight: 1_000 },
  { id: 'sleep-10000', title: 'sleep 0–5 ms, 10,000', ...sleep, inFlight: 10_000 },
  { id: 'notify', title: 'notifications', ...small, inFlight: 1, notifications: 1_000 },
  {
    id: 'content-length',
    title: 'Content-Length, small, 32',
    ...small,
    inFlight: 32,
    framing: 'content-length',
    must: 1.4,
  },
]

/** 1 KB a message: the traffic of a slow reader and of the end of input. */
export const oneKilobyte = echo((id) => ({ text: text1k, n: id }))

/**
 * The calls of one burst with ids from `firstId`, ready to be written.
 *
 * @returns `bytes` to write, `calls` it counts for, `expected` results by id
 */
export const burstOf = (scenario, framing, firstId, count = scenario.inFlight) => {
  const ids = Array.from({ length: count }, (_, i) => firstId + i)
  const calls = ids.map((id) =>
    JSON.stringify({ jsonrpc: '2.0', id, method: scenario.method, params: scenario.params(id) }),
  )
  const notes = Array.from({ length: scenario.notifications ?? 0 }, (_, i) =>
    JSON.stringify({ jsonrpc: '2.0', method: 'note', params: { text: 'hello, world', n: i } }),
  )
  const texts = scenario.needs === 'batch' ? [`[${calls.join(',')}]`] : [...notes, ...calls]
  return {
    bytes: encode(framing, texts),
    calls: notes.length + calls.length,
    expected: new Map(ids.map((id) => [id, scenario.result(scenario.params(id))])),
  }
}
