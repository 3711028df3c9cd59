/**
 * Server CPU per call: all servers alive and warm, short slices in turn, and new processes every round.
 *
 * What else the machine does changes the CPU that a call takes by half and more, for seconds at a time. A ratio of
 * two slices that lie milliseconds apart, and the median of many such ratios, holds still where long slices do not.
 * New processes, because one process of a program can be 15 % slower than the next for all its life.
 */
import { burstOf } from './scenarios.mjs'
import { start } from './server-process.mjs'
import { framingFor } from './servers.mjs'

const measuredId = 100_001
const slicesPerRound = 10

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

/** Last of a round: the answers were not only as many bytes as they should be, they still are the right ones. */
const finish = async ({ running, burst, meteredNs, tickedNs }, onDoubt) => {
  await running.exchange(burst)
  await running.stop()
  if (Math.abs(meteredNs - tickedNs) > slicesPerRound * 10e6 + 0.1 * tickedNs) {
    onDoubt(`${running.name}: ${meteredNs / 1e6} ms by schedstat, ${tickedNs / 1e6} ms by stat`)
  }
}

/**
 * @param onFailure - gets the error of a server that answered wrongly, not at all, or ended; the others go on
 * @returns a Map from a server's name to its µs of CPU per call, one figure a slice; the nth ones of all belong together
 */
export const measureCpu = async (
  scenario,
  servers,
  { rounds, sliceMs, warmUpMs, onFailure, onDoubt },
) => {
  const figures = new Map()
  for (const server of servers) {
    if (framingFor(server, scenario) !== undefined) figures.set(server.name, [])
  }
  const subjects = new Map()
  const attempt = async (name, work) => {
    try {
      await work()
    } catch (error) {
      onFailure(name, error)
      await subjects.get(name)?.running.kill()
      subjects.delete(name)
      figures.delete(name)
    }
  }
  for (let round = 0; round < rounds; round += 1) {
    subjects.clear()
    for (const server of servers.filter(({ name }) => figures.has(name))) {
      await attempt(server.name, async () => {
        const framing = framingFor(server, scenario)
        const traffic = server.traffic ?? scenario
        subjects.set(server.name, await warmedUp(server, framing, traffic, warmUpMs))
      })
    }
    for (let turn = 0; turn < slicesPerRound; turn += 1) {
      const order = [...subjects.keys()]
      const first = turn % order.length // so that no server always follows the same one
      for (const name of [...order.slice(first), ...order.slice(0, first)]) {
        await attempt(name, () => slice(subjects.get(name), sliceMs))
      }
    }
    for (const [name, subject] of [...subjects]) {
      await attempt(name, () => finish(subject, onDoubt))
      figures.get(name)?.push(...subject.usPerCall)
    }
  }
  return figures
}
