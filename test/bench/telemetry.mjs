/**
 * What telemetry costs: `node test/bench/telemetry.mjs [--quick]`. The CPU of an engine per call, with and without what
 * exporting takes; of its start; and its memory. Traces and metrics are sent to this process. Prints JSON.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { measureCpu } from './measure-cpu.mjs'
import { burstOf } from './scenarios.mjs'
import { start } from './server-process.mjs'
import { root } from './servers.mjs'
import { median } from './table.mjs'
import { withoutTelemetry } from './telemetry-cut.mjs'
import { openSink } from './telemetry-sink.mjs'

const pace = process.argv.includes('--quick')
  ? { rounds: 1, sliceMs: 20, warmUpMs: 200, starts: 2, exports: 1, exportedSpans: 2_048 }
  : { rounds: 9, sliceMs: 50, warmUpMs: 800, starts: 15, exports: 3, exportedSpans: 20_000 }

const folder = mkdtempSync(join(tmpdir(), 'sidestream-bench-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

const engineFile = (name) => fileURLToPath(new URL(`engines/${name}`, import.meta.url))
const built = { cli: join(root, 'dist/cli.cjs'), engine: engineFile('sidestream.js') }
const own = { ...built, engine: engineFile('telemetry.js') }
const cut = withoutTelemetry(root, built.engine, join(folder, 'cut'))

const sink = await openSink()
/** It takes what comes and never answers, so nothing more is sent: spans are dropped when they have ended. */
const deaf = await openSink({ answers: false })

const calls = (method, flags) => ({
  method,
  params: (id) => ({ text: 'hello, world', n: id, _meta: { traceparent: traceparent(id, flags) } }),
  result: ({ _meta, ...sent }) => sent,
  inFlight: 32,
})
/** Each call is a part of another trace. */
const traceparent = (id, flags) => {
  const digits = id.toString(16)
  return `00-${digits.padStart(32, 'a')}-${digits.padStart(16, 'b')}-${flags}`
}
const unkept = calls('echo', '00')
const kept = calls('echo', '01')

/** An engine whose telemetry goes to a sink; without one it is off. */
const server = (name, { to, traffic = unkept, program = built, env = {} } = {}) => ({
  name,
  traffic,
  commands: {
    ndjson: [process.execPath, program.cli, 'run', program.engine, '--set=telemetry.flush=100ms'],
  },
  env: {
    XDG_CACHE_HOME: folder, // the cut one's compiled code is of no use to anybody after this
    ...(to !== undefined && { OTEL_EXPORTER_OTLP_ENDPOINT: to.url }),
    ...env,
  },
})
const off = server('off')
const on = server('on', { to: sink, traffic: kept })

const differences = (own, base) => median(own.map((us, slice) => us - base[slice]))

/** µs of CPU per call: how much one server takes over another of those that are measured together. */
const callCosts = async (servers) => {
  const figures = await measureCpu(unkept, servers, {
    ...pace,
    onFailure: (_, error) => {
      throw error
    },
    onDoubt: (doubt) => console.error(`? telemetry: ${doubt}`),
  })
  return {
    of: (name) => median(figures.get(name)),
    over: (name, base) => differences(figures.get(name), figures.get(base)),
  }
}

/** Of a handler that answers at once. */
const callCost = async () => {
  const { of, over } = await callCosts([
    off,
    server('off again'),
    server('cut', { program: cut }),
    server('unsampled', { to: sink }),
    server('sampled', { to: deaf, traffic: kept }),
  ])
  return {
    us: of('off'),
    again: over('off again', 'off'),
    off: over('off', 'cut'),
    unsampled: over('unsampled', 'off'),
    sampled: over('sampled', 'off'),
  }
}

/** Of one that awaits. */
const laterCost = async () => {
  const traffic = calls('later', '00')
  const { of, over } = await callCosts([
    server('off', { program: own, traffic }),
    server('unsampled', { program: own, traffic, to: sink }),
    server('sampled', { program: own, traffic: calls('later', '01'), to: deaf }),
  ])
  return { us: of('off'), unsampled: over('unsampled', 'off'), sampled: over('sampled', 'off') }
}

/** Calls whose spans are sent as soon as there are so many. */
const perExport = 512

/**
 * Calls at a pace at which every span is delivered, which takes more time than the calls.
 *
 * @returns µs of CPU per call
 */
const deliver = async (engine, burst, isOn) => {
  const before = engine.cpuNs()
  const wanted = sink.spans + perExport
  for (let made = 0; made < perExport; made += burst.calls) await engine.exchange(burst)
  if (isOn) await sink.until(wanted)
  return (engine.cpuNs() - before) / perExport / 1_000
}

/** µs of CPU per call with all that is sent, over one whose telemetry is off; and the memory that both have then, in MB. */
const exportCost = async () => {
  const us = { off: [], on: [] }
  const rssMb = { off: [], on: [] }
  for (let round = 0; round < pace.exports; round += 1) {
    const engines = [off, on].map((it) => ({
      isOn: it === on,
      engine: start(it, 'ndjson'),
      burst: burstOf(it.traffic, 'ndjson', 100_001),
    }))
    for (let made = 0; made < pace.exportedSpans; made += perExport) {
      for (const { engine, burst, isOn } of engines) {
        const cost = await deliver(engine, burst, isOn)
        if (made >= pace.exportedSpans / 2) us[isOn ? 'on' : 'off'].push(cost) // warm by then
      }
    }
    for (const { engine, isOn } of engines) {
      rssMb[isOn ? 'on' : 'off'].push(engine.rssMb())
      await engine.stop()
    }
  }
  return {
    us: differences(us.on, us.off),
    spans: pace.exportedSpans,
    rssMb: median(rssMb.on) - median(rssMb.off),
  }
}

/** What a start takes to its first answer, over one with telemetry off: ms of CPU and on the wall, and MB. */
const startCost = async () => {
  const taken = { off: [], on: [] }
  for (let round = -1; round < pace.starts; round += 1) {
    for (const it of [off, on]) {
      const spawnedAt = performance.now()
      const engine = start(it, 'ndjson')
      await engine.exchange(burstOf(it.traffic, 'ndjson', 1, 1))
      const wallMs = performance.now() - spawnedAt
      const figures = { wallMs, cpuMs: engine.cpuNs() / 1e6, rssMb: engine.rssMb() }
      if (round >= 0) taken[it.name].push(figures)
      await engine.stop()
    }
  }
  const added = (key) => {
    const [own, base] = [taken.on, taken.off].map((rows) => median(rows.map((row) => row[key])))
    return own - base
  }
  return { cpuMs: added('cpuMs'), wallMs: added('wallMs'), rssMb: added('rssMb') }
}

/** @throws Error when modules of OpenTelemetry are loaded in vain, or not where they are wanted */
const checkLoaded = async () => {
  const servers = [
    [false, server('off', { program: own })],
    [false, server('off, but with a name', { program: own, env: { OTEL_SERVICE_NAME: 'bench' } })],
    [true, server('on', { program: own, to: sink })],
  ]
  for (const [isLoaded, it] of servers) {
    const question = { method: 'isLoaded', params: () => ({}), result: () => isLoaded }
    const engine = start(it, 'ndjson')
    await engine.exchange(burstOf(question, 'ndjson', 1, 1))
    await engine.stop()
  }
}

await checkLoaded()
console.log(
  JSON.stringify({
    start: await startCost(),
    calls: await callCost(),
    later: await laterCost(),
    exports: await exportCost(),
  }),
)
sink.close()
deaf.close()
