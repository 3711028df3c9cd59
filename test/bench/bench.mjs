/**
 * `npm run bench`: what a call costs in Sidestream and its peers, as a multiple of a bare loop written by hand.
 * Ratios only mean something within one run; `floor-again`, the same program twice, shows how much.
 */
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { availableParallelism, loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { measureColdStart } from './measure-cold-start.mjs'
import { measureCpu } from './measure-cpu.mjs'
import { measureEndOfInput, measureSlowReader } from './measure-pressure.mjs'
import { scenarios } from './scenarios.mjs'
import { servers as allServers } from './servers.mjs'
import { errorBar, missed, pressureTable, ratioTable, speechReport } from './table.mjs'

const others = [
  'cold-start',
  'startup',
  'slow-reader',
  'end-of-input',
  'dispatch',
  'host',
  'telemetry',
]
const defaultIds = [...scenarios.map(({ id }) => id), ...others]
/** Not by default: it takes minutes, and wants faster-whisper. */
const ids = [...defaultIds, 'speech']
const usage = `node test/bench/bench.mjs [WHAT…] [--servers a,b] [--rounds N] [--json FILE] [--quick]

  WHAT       ${ids.join(', ')} (default: all but speech; --only a,b is the same)
  --servers  ${allServers.map(({ name }) => name).join(', ')}
             (the floor always takes part)
  --rounds   each of new processes and ten slices per server and scenario, 3 or more (default 5)
  --json     also write every figure to a file
  --quick    a smoke run: floor and sidestream, short; judges answers, not times

Exit 1 if an answer of the floor or of sidestream was wrong or missing. Times never fail a run.`

const fail = (message) => {
  console.error(`${message}\n\n${usage}`)
  process.exit(64)
}

const parsed = () => {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        only: { type: 'string' },
        servers: { type: 'string' },
        rounds: { type: 'string' },
        json: { type: 'string' },
        quick: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    return fail(error.message)
  }
}

const chosen = (option, list, known) => {
  const names = list.split(',')
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) fail(`--${option}: ${unknown} is not known`)
  return names
}

const { values: args, positionals } = parsed()
if (args.help) {
  console.log(usage)
  process.exit(0)
}
if (process.platform !== 'linux') fail('the bench reads CPU times from /proc, so it needs Linux')
if (args.rounds !== undefined && !(Number(args.rounds) >= 3)) fail('--rounds: 3 or more')

const asked = [...positionals, ...(args.only === undefined ? [] : [args.only])].join()
const only = asked === '' ? defaultIds : chosen('only', asked, ids)
const defaultServers = args.quick ? 'floor,sidestream' : allServers.map(({ name }) => name).join()
const wanted = chosen(
  'servers',
  args.servers ?? defaultServers,
  allServers.map(({ name }) => name),
)
const pace = args.quick
  ? { rounds: 1, sliceMs: 20, warmUpMs: 200, spawns: 3 }
  : { rounds: 5, sliceMs: 50, warmUpMs: 800, spawns: 31 }
if (args.rounds !== undefined) pace.rounds = Number(args.rounds)

const failures = []
const judged = ['floor', 'floor-again', 'sidestream']
const failedIn = (column) => (name, error) => {
  console.error(`✗ ${column}: ${error.message}`)
  failures.push({ column, name, message: error.message })
}

const servers = []
for (const server of allServers) {
  if (server.name !== 'floor' && !wanted.includes(server.name)) continue
  const reason = await server.prepare?.()
  if (reason === undefined) servers.push(server)
  else if (args.quick) failedIn('start')(server.name, new Error(`${server.name}: ${reason}`))
  else console.error(`skipping ${server.name}: ${reason}`)
}

const columnOf = ({ id, title, must, aim }, figures) => {
  const failed = new Set(failures.filter(({ column }) => column === id).map(({ name }) => name))
  return { id, title, must, aim, figures, failed }
}

const columns = []
for (const scenario of scenarios.filter(({ id }) => only.includes(id))) {
  console.error(`${scenario.id} …`)
  const figures = await measureCpu(scenario, servers, {
    ...pace,
    onFailure: failedIn(scenario.id),
    onDoubt: (doubt) => console.error(`? ${scenario.id}: ${doubt}`),
  })
  columns.push(columnOf(scenario, figures))
}
if (only.includes('cold-start')) {
  console.error('cold-start …')
  const coldStart = { id: 'cold-start', title: 'cold start', must: 1.25, aim: 1.1 }
  const onFailure = failedIn(coldStart.id)
  const figures = await measureColdStart(servers, { rounds: pace.spawns, onFailure })
  columns.push(columnOf(coldStart, figures))
}

/** Runs one measure for every server; a failure is told and leaves no figure. */
const forEachServer = async (id, measure) => {
  const figures = new Map()
  if (!only.includes(id)) return figures
  console.error(`${id} …`)
  for (const server of servers) {
    try {
      figures.set(server.name, await measure(server))
    } catch (error) {
      failedIn(id)(server.name, error)
    }
  }
  return figures
}
const slowReader = await forEachServer('slow-reader', (server) => measureSlowReader(server, pace))
const endOfInput = await forEachServer('end-of-input', async (server) => {
  const end = await measureEndOfInput(server)
  if (end.missing > 0) {
    failedIn('end-of-input')(server.name, new Error(`${server.name}: ${end.missing} missing`))
  }
  return end
})

/** In a process of its own: this one's heap and compiled code are the driver's. */
const apart = async (name, nodeFlags = []) => {
  const file = fileURLToPath(new URL(`${name}.mjs`, import.meta.url))
  const flags = args.quick ? ['--quick'] : []
  const { stdout } = await promisify(execFile)(process.execPath, [...nodeFlags, file, ...flags], {
    timeout: 900_000,
  })
  return JSON.parse(stdout)
}
const measureApart = async (name, nodeFlags) => {
  if (!only.includes(name) || !servers.some((server) => server.name === 'sidestream')) return
  console.error(`${name} …`)
  return await apart(name, nodeFlags).catch((error) => failedIn(name)('sidestream', error))
}
const withTypes = ['--conditions=sidestream-source', '--import', 'tsx']
const inProcess = await measureApart('dispatch', withTypes)
const host = await measureApart('host')
const startup = await measureApart('startup')
const telemetry = await measureApart('telemetry')
const speech = await measureApart('speech', withTypes)

const names = servers.map(({ name }) => name)
const report = []
if (columns.length > 0) {
  report.push(
    `Server CPU per call (cold start: wall), × the floor's; the floor's own row is absolute. Node ${process.version}, rounds: ${pace.rounds}.`,
    ratioTable(columns, names),
  )
  const bar = errorBar(columns)
  if (bar !== undefined) {
    const load = loadavg()[0].toFixed(1)
    report.push(
      `Error bar of this run, by floor-again: ±${bar.toFixed(2)}, at a load of ${load} on ${availableParallelism()} CPUs.`,
    )
  }
  const over = missed(columns, 'sidestream').map(({ title }) => title)
  if (args.quick) report.push('A smoke run: the answers count, the times are of cold code.')
  else if (over.length > 0) report.push(`Above what sidestream must keep: ${over.join('; ')}.`)
}
if (slowReader.size + endOfInput.size > 0) {
  report.push(pressureTable(slowReader, endOfInput, names))
}
if (inProcess !== undefined) {
  report.push(
    `In process: all stages and dispatch cost ${inProcess.dispatch.toFixed(2)} × JSON.parse of the message (must: 0.50), all that the engine does between parsing and printing ${inProcess.engine.toFixed(2)} ×; with 10,000 calls in flight a call costs ${inProcess.inFlight.toFixed(1)} × one of 10 (must: 10).`,
  )
}
if (startup !== undefined) {
  const row = ({ plain, config, logging, together }) =>
    `${plain.toFixed(1)} ms, + ${config.toFixed(1)} for a config file, + ${logging.toFixed(1)} for a log on stderr and in a file, together + ${together.toFixed(1)}`
  report.push(
    `A start with one call (must: together + 25): to the answer ${row(startup.answered)}; to the end ${row(startup.ended)}.`,
  )
}
if (host !== undefined) {
  const { overhead, recovery } = host
  report.push(
    `Host, CPU per call × a bare client's of ${overhead.us.toFixed(1)} µs: the bare one again ${overhead.again.toFixed(2)}, connect ${overhead.connect.toFixed(2)}, supervise ${overhead.supervise.toFixed(2)}. From kill -9 with 50 calls open to all of them settled ${recovery.settledMs.toFixed(0)} ms, at most ${recovery.settledMaxMs.toFixed(0)} (must: 50), to an answer of the next process ${recovery.readyMs.toFixed(0)} ms, of which up to ${recovery.backoffMs} are waited.`,
  )
}
if (telemetry !== undefined) {
  const { calls, later, exports, start } = telemetry
  const us = (figure) => `${figure.toFixed(2)} µs`
  report.push(
    `Telemetry, CPU per call. Off: ${us(calls.us)}, ${us(calls.off)} over a core without it (must: 0.3); off again ${us(calls.again)} over off. On, over off: ${us(calls.unsampled)} where the trace is not kept (must: 3), ${us(calls.sampled)} where it is (must: 10), and ${us(exports.us)} with all that its export takes. A handler that awaits: off ${us(later.us)}; on, over off, ${us(later.unsampled)} and ${us(later.sampled)}.`,
    `Telemetry, a start with it on: + ${start.cpuMs.toFixed(0)} ms of CPU (must: 250), + ${start.wallMs.toFixed(0)} ms to the answer, + ${start.rssMb.toFixed(1)} MB (must: 30); after ${exports.spans} spans that were exported + ${exports.rssMb.toFixed(1)} MB. Off, no module of OpenTelemetry is loaded.`,
  )
}
if (speech?.skipped !== undefined) console.error(`skipping speech: ${speech.skipped}`)
else if (speech !== undefined) report.push(...speechReport(speech))
console.log(`\n${report.join('\n\n')}`)

if (args.json !== undefined) {
  const plain = (_, value) =>
    value instanceof Map ? Object.fromEntries(value) : value instanceof Set ? [...value] : value
  const all = {
    node: process.version,
    pace,
    columns,
    slowReader,
    endOfInput,
    inProcess,
    host,
    startup,
    telemetry,
    speech,
    failures,
  }
  writeFileSync(args.json, `${JSON.stringify(all, plain, 2)}\n`)
}
process.exitCode = failures.some(({ name }) => judged.includes(name)) ? 1 : 0
