/**
 * What the path costs a transcription: `node --import tsx test/bench/speech.mjs [--quick]`. The same audio, model, options
 * and threads through the host, the engine and the bridge, and by faster-whisper alone in one Python process, which
 * measures itself; `again` is a second such process. All have the model in memory, and take turns.
 */
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { connect, moduleCommand } from '../../dist/host.js'
import { pythonBelow } from '../end-to-end/speech/process-tree.ts'
import { recordings, samplesOf, writeWave } from '../end-to-end/speech/recordings.ts'
import { median } from './table.mjs'
import { cpuMeter, cpuTicksNs } from './usage.mjs'

const file = (name) => fileURLToPath(new URL(name, import.meta.url))
const model = 'tiny.en'
const beamSize = 1 // the fastest, of which a cost is the largest part
const threads = availableParallelism()
const folder = mkdtempSync(join(tmpdir(), 'sidestream-bench-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

/** A program of Python that answers each line with one. */
const direct = (python, modelFolder) => {
  const child = spawn(python, [file('direct-whisper.py'), modelFolder, `${threads}`], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, HF_HUB_OFFLINE: '1', ORT_DISABLE_TELEMETRY: '1' },
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    async transcribe(path) {
      child.stdin.write(`${JSON.stringify({ path, beamSize })}\n`)
      const { value, done } = await lines.next()
      if (done) throw new Error('faster-whisper alone has ended')
      return JSON.parse(value)
    },
    close: () => child.stdin.end(),
  }
}

const through = async () => {
  const client = await connect(moduleCommand('faster-whisper', ['--log-level=warn']))
  const load = { model, device: 'cpu', computeType: 'int8', cpuThreads: threads, keepAliveMs: -1 }
  await client.request('models.load', load)
  const python = pythonBelow(client.pid).pid
  const engineNs = cpuMeter(client.pid)
  /** Of the host, which is this process, and the engine. */
  const ownSeconds = () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1e6 + engineNs() / 1e9
  }
  const cpuSeconds = () => ownSeconds() + cpuTicksNs(python) / 1e9
  return {
    async transcribe(path) {
      const cpu = cpuSeconds()
      const own = ownSeconds()
      const begunAt = performance.now()
      const since = () => (performance.now() - begunAt) / 1000
      let first
      const params = {
        ...{ audio: { path }, model, task: 'transcribe', language: 'en' },
        ...{ beamSize, temperature: 0, vad: true },
      }
      const { text } = await client.request('transcription.transcribe', params, {
        onProgress: ({ kind }) => {
          if (kind === 'segment') first ??= since()
        },
      })
      const wall = since()
      return { wall, first, cpu: cpuSeconds() - cpu, own: ownSeconds() - own, text }
    },
    close: () => client.close(),
  }
}

/** @param runners - they begin in another order each time, as who follows a pause may have a cooler machine */
const measure = async (runners, path, rounds) => {
  const names = Object.keys(runners)
  const taken = Object.fromEntries(names.map((name) => [name, []]))
  for (let round = 0; round < rounds; round += 1) {
    const turn = round % names.length
    for (const name of [...names.slice(turn), ...names.slice(0, turn)])
      taken[name].push(await runners[name].transcribe(path))
  }
  return {
    texts: Object.fromEntries(names.map((name) => [name, taken[name][0].text])),
    wall: figuresOf(taken, 'wall'),
    cpu: figuresOf(taken, 'cpu'),
    first: figuresOf(taken, 'first'),
    ownMs: 1000 * median(taken.sidestream.map(({ own }) => own)),
  }
}

const least = (numbers) => Math.min(...numbers)

/** Ratios are by round, as what else the machine does changes in minutes; and of the least, as if it did nothing else. */
const figuresOf = (taken, member) => {
  const of = (name) => taken[name].map((took) => took[member])
  const [direct, sidestream, again] = ['direct', 'sidestream', 'again'].map(of)
  const both = direct.map((figure, round) => (figure + again[round]) / 2)
  const over = (own, other) => median(own.map((figure, round) => figure / other[round]))
  return {
    direct: { median: median(direct), least: least(direct) },
    sidestream: { median: median(sidestream), least: least(sidestream) },
    ratio: {
      median: over(sidestream, both),
      least: least(sidestream) / least([...direct, ...again]),
    },
    again: { median: over(again, direct), least: least(again) / least(direct) },
  }
}

const installed = () => {
  const args = [file('../../dist/cli.cjs'), 'engines', 'list', '--json']
  const engines = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }))
  const { state, folder: venv, models } = engines.find((it) => it.engine === 'faster-whisper')
  const modelFolder = models.find((it) => it.model === model)?.path
  if (state !== 'installed' || modelFolder === undefined) return undefined
  return { python: join(venv, 'bin', 'python'), modelFolder }
}

const places = installed()
if (places === undefined) {
  const command = `npx sidestream engines install faster-whisper --model ${model}`
  console.log(JSON.stringify({ skipped: `it is not installed. To install it: ${command}` }))
} else {
  const isQuick = process.argv.includes('--quick')
  const { python, modelFolder } = places
  const short = join(folder, 'short.wav')
  const long = join(folder, 'long.wav')
  const parts = recordings().map(({ path }) => samplesOf(path))
  const seconds = writeWave(short, parts)
  const times = Math.round(300 / seconds)
  const longSeconds = writeWave(long, Array(times).fill(parts).flat())
  const runners = {
    direct: direct(python, modelFolder),
    sidestream: await through(),
    again: direct(python, modelFolder),
  }
  await measure(runners, short, 1) // warm-up
  const clip = await measure(runners, short, isQuick ? 1 : 25)
  const { texts } = clip
  if (texts.sidestream !== texts.direct)
    throw new Error(`it heard ${texts.sidestream}, and alone ${texts.direct}`)
  const whole = isQuick ? undefined : await measure(runners, long, 9)
  for (const runner of Object.values(runners)) await runner.close()
  console.log(JSON.stringify({ seconds, clip, longSeconds, long: whole }))
}
