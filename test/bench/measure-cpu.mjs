/**
 * Server CPU per call: each server warm and alive over a whole scenario, short slices in turn. What else the machine
 * does changes the CPU a call takes by half and more, for seconds at a time: a ratio of two slices that lie
 * milliseconds apart, and the median of many such ratios, holds still (±0.02) where longer slices do not (±0.1).
 */
import { burstOf } from './scenarios.mjs'
import { start } from './server-process.mjs'
import { framingFor } from './servers.mjs'

const measuredId = 100_001
const passesPerRound = 10

/** Starts a server, checks its answers to calls with many ids, and warms it up. */
const warmedUp = async (server, framing, scenario, warmUpMs) => {
  const running = start(server, framing)
  try {
    for (const firstId of [1, 200_001, 300_001]) {
      await running.exchange(burstOf(scenario, framing, firstId))
    }
    const burst = burstOf(scenario, framing, measuredId)
    const replyBytes = await running.exchange(burst)
    await running.pump(burst, replyBytes, warmUpMs)
    return { running, burst, replyBytes, usPerCall: [], meteredNs: 0, tickedNs: 0 }
  } catch (error) {
    await running.kill()
    throw error
  }
}

const slice = async (subject, sliceMs) => {
  const { running, burst, replyBytes } = subject
  const ticksBefore = running.cpuTicksNs()
  const before = running.cpuNs()
  const calls = await running.pump(burst, replyBytes, sliceMs)
  const usedNs = running.cpuNs() - before
  subject.meteredNs += usedNs
  subject.tickedNs += running.cpuTicksNs() - ticksBefore
  subject.usPerCall.push(usedNs / calls / 1_000)
}

/**
 * @param onFailure - gets the error of a server that answered wrongly, not at all, or ended; the others go on
 * @returns a Map from a server's name to its µs of CPU per call, one figure a slice; the nth ones of all lie together
 */
export const measureCpu = async (
  scenario,
  servers,
  { rounds, sliceMs, warmUpMs, onFailure, onDoubt },
) => {
  const subjects = new Map()
  const attempt = async (name, work) => {
    try {
      await work()
    } catch (error) {
      onFailure(name, error)
      await subjects.get(name)?.running.kill()
      subjects.delete(name)
    }
  }
  for (const server of servers) {
    const framing = framingFor(server, scenario)
    if (framing === undefined) continue
    await attempt(server.name, async () => {
      subjects.set(server.name, await warmedUp(server, framing, scenario, warmUpMs))
    })
  }
  const takeTurns = async (pass, work) => {
    const order = [...subjects.keys()]
    const turn = pass % order.length // so that no server always follows the same one
    for (const name of [...order.slice(turn), ...order.slice(0, turn)]) {
      await attempt(name, () => work(subjects.get(name)))
    }
  }
  for (let pass = 1; pass <= rounds * passesPerRound; pass += 1) {
    await takeTurns(pass, (subject) => slice(subject, sliceMs))
    // The answers were not only as many bytes as they should be, they still are the right ones.
    if (pass % passesPerRound === 0)
      await takeTurns(0, ({ running, burst }) => running.exchange(burst))
  }
  for (const [name, { meteredNs, tickedNs }] of subjects) {
    const apartNs = Math.abs(meteredNs - tickedNs)
    if (apartNs > rounds * 20e6 + 0.05 * tickedNs) {
      onDoubt(`${name}: ${meteredNs / 1e6} ms by schedstat, ${tickedNs / 1e6} ms by stat`)
    }
  }
  const figures = new Map([...subjects].map(([name, { usPerCall }]) => [name, usPerCall]))
  await Promise.all([...subjects.values()].map(({ running }) => running.stop()))
  return figures
}
