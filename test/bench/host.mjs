/**
 * What the host costs, in this process: `node test/bench/host.mjs [--quick]`. The engine is the floor, so that what is
 * measured is the client: a bare one written by hand, `connect`, and an engine of `supervise`.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connect, moduleCommand, supervise } from '../../dist/host.js'
import { median } from './table.mjs'

const file = (name) => fileURLToPath(new URL(name, import.meta.url))
const floor = { command: process.execPath, args: [file('engines/floor.mjs')] }
const inFlight = 32
const folder = mkdtempSync(join(tmpdir(), 'sidestream-bench-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

/** The least that talks to an engine: a Map of who waits, one write a turn. */
const bareClient = () => {
  const child = spawn(floor.command, floor.args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const waiting = new Map()
  let lastId = 0
  let out = ''
  let rest = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop()
    for (const line of lines) {
      const { id, result, error } = JSON.parse(line)
      const { resolve, reject } = waiting.get(id)
      waiting.delete(id)
      if (error === undefined) resolve(result)
      else reject(error)
    }
  })
  const request = (method, params) =>
    new Promise((resolve, reject) => {
      lastId += 1
      waiting.set(lastId, { resolve, reject })
      if (out === '') {
        setImmediate(() => {
          child.stdin.write(out)
          out = ''
        })
      }
      out += `${JSON.stringify({ jsonrpc: '2.0', id: lastId, method, params })}\n`
    })
  return { request, close: () => child.stdin.end() }
}

/** What takes part. */
const clients = {
  bare: bareClient,
  again: bareClient,
  connect: () => connect(floor),
  supervise: async () => {
    const engines = supervise({
      engines: { floor },
      blackBoxes: false,
      runFolder: join(folder, 'run'),
    })
    await engines.ready()
    const engine = engines.engine('floor')
    return { request: (...call) => engine.request(...call), close: () => engines.stop() }
  },
}

const params = { text: 'a small message', n: 1 }

/** CPU of this process per call in µs, with so many in flight all the while. */
const usPerCall = async (client, ms) => {
  const endAt = performance.now() + ms
  const before = process.cpuUsage()
  let calls = 0
  const lane = async () => {
    while (performance.now() < endAt) {
      const { n } = await client.request('echo', params)
      if (n !== 1) throw new Error('a wrong answer')
      calls += 1
    }
  }
  await Promise.all(Array.from({ length: inFlight }, lane))
  const { user, system } = process.cpuUsage(before)
  return (user + system) / calls
}

const overhead = async ({ rounds, sliceMs }) => {
  const taken = Object.fromEntries(Object.keys(clients).map((name) => [name, []]))
  for (let round = -1; round < rounds; round += 1) {
    for (const [name, open] of Object.entries(clients)) {
      const client = await open()
      await usPerCall(client, sliceMs) // warm-up
      const us = await usPerCall(client, sliceMs)
      if (round >= 0) taken[name].push(us)
      await client.close()
    }
  }
  const ratio = (name) => median(taken[name].map((us, round) => us / taken.bare[round]))
  return {
    us: median(taken.bare),
    ...Object.fromEntries(Object.keys(clients).map((name) => [name, ratio(name)])),
  }
}

/** From kill -9 with 50 calls open: ms until all are settled, and until a call is answered again. */
const recovery = async ({ rounds }) => {
  const base = 20
  const engines = supervise({
    engines: {
      echo: {
        ...moduleCommand(file('engines/sidestream.js'), ['--log-level=warn']),
        restart: { backoff: { base, factor: 1 }, crashes: { most: 1000, within: '1h' } },
      },
    },
    blackBoxes: false,
    runFolder: join(folder, 'run'),
  })
  const settledMs = []
  const readyMs = []
  for (let round = 0; round < rounds; round += 1) {
    await engines.ready()
    const engine = engines.engine('echo')
    await engine.request('echo', params)
    const open = Array.from({ length: 50 }, () =>
      engine.request('sleep', { ms: 60_000 }).catch(() => {}),
    )
    await new Promise((resolve) => setTimeout(resolve, 50))
    const killedAt = performance.now()
    process.kill(engines.status[0].pid, 'SIGKILL')
    await Promise.all(open)
    settledMs.push(performance.now() - killedAt)
    await engine.request('echo', params)
    readyMs.push(performance.now() - killedAt)
  }
  await engines.stop()
  return {
    settledMs: median(settledMs),
    settledMaxMs: Math.max(...settledMs),
    readyMs: median(readyMs),
    backoffMs: base,
  }
}

const pace = process.argv.includes('--quick')
  ? { rounds: 1, sliceMs: 100 }
  : { rounds: 9, sliceMs: 500 }
console.log(JSON.stringify({ overhead: await overhead(pace), recovery: await recovery(pace) }))
