/**
 * Cold start: from spawn to the first answer, in µs on the wall; the request is written at once. Each server has run
 * once before, to its end, as on all but the first day: files are in the page cache, what it keeps for its next start is
 * kept.
 */
import { burstOf, scenarios } from './scenarios.mjs'
import { start } from './server-process.mjs'

const [small] = scenarios

/** @returns a Map from a server's name to its times in µs, one a round; rounds are interleaved */
export const measureColdStart = async (servers, { rounds, onFailure }) => {
  const figures = new Map(servers.map(({ name }) => [name, []]))
  for (let round = -1; round < rounds; round += 1) {
    for (const server of servers) {
      if (!figures.has(server.name)) continue
      const [framing] = Object.keys(server.commands)
      const burst = burstOf(small, framing, 1)
      const spawnedAt = performance.now()
      const running = start(server, framing)
      try {
        await running.exchange(burst)
        const tookUs = (performance.now() - spawnedAt) * 1_000
        if (round >= 0) figures.get(server.name).push(tookUs)
      } catch (error) {
        figures.delete(server.name)
        onFailure(server.name, error)
      }
      await running.stop()
    }
  }
  return figures
}
