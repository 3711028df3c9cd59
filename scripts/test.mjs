/**
 * Runs test folders, each in a process of its own, as many at once as there are cores.
 *
 *   node scripts/test.mjs [--all] [--coverage] [FOLDER…]
 *
 * Without folders: all but the heavy ones. --all adds these, but not the longest, which have to be named; --coverage
 * measures lines, child processes included.
 * Ends with `N passed, N failed`. Stricter than uvu, which is content with a file that runs no test, and with a suite
 * that stops half-way because something was thrown that is no Error.
 */
import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'

/** Folders in others that are run, and named, for themselves. */
const apart = [
  'end-to-end/faults',
  'end-to-end/chaos',
  'end-to-end/telemetry',
  'end-to-end/subtitles',
  'end-to-end/speech',
  'end-to-end/speech-torch',
]
/** Folders whose tests take long, or need more than npm: the network, Go, or ffmpeg. */
const heavy = new Set(['packaging', 'load', ...apart])
/** Folders that take too long even for --all: they are in `.ci/long`. */
const longest = new Set(['end-to-end/speech-torch'])
const notTests = new Set(['bench'])
const coverageFolder = 'coverage/tmp'
/** A folder that takes longer hangs, in milliseconds. */
const limitMs = 600_000
/** The same, for one that compiles a collector first, or is told to take its time by REPEAT or CHAOS_SECONDS. */
const limitApartMs = 900_000
/** The same, for torch on a machine that others use as well. */
const limitOfLongestMs = 2_700_000
/** A line that begins so is shown even if nothing failed. */
const figures = /^.*\bfigures: .*$/gm

const flags = new Set(process.argv.slice(2).filter((arg) => arg.startsWith('--')))
const asked = process.argv.slice(2).filter((arg) => !arg.startsWith('--'))

/** The files beside the folders are a suite of their own. */
const top = '.'
const testFiles = (folder) =>
  readdirSync(join('test', folder), { recursive: folder !== top }).filter(
    (file) =>
      file.endsWith('.test.ts') && !within(folder).some((inner) => file.startsWith(`${inner}/`)),
  )
/** Those of `apart` that are in a folder, as its files name them. */
const within = (folder) =>
  apart.filter((it) => it.startsWith(`${folder}/`)).map((it) => it.slice(folder.length + 1))

const folders = readdirSync('test', { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !notTests.has(entry.name))
  .map(({ name }) => name)
  .concat(apart)
  .filter((name) =>
    asked.length > 0
      ? asked.includes(name)
      : !longest.has(name) && (flags.has('--all') || !heavy.has(name)),
  )
  .filter((name) => testFiles(name).length > 0)
const unknown = asked.filter((name) => !folders.includes(name))
if (unknown.length > 0) fail(`No tests in ${unknown.map((name) => `test/${name}`).join(', ')}`)

if (flags.has('--coverage')) {
  rmSync('coverage', { recursive: true, force: true })
  mkdirSync(coverageFolder, { recursive: true })
  process.env.NODE_V8_COVERAGE = coverageFolder
}

const totals = { passed: 0, failed: 0 }
const waiting = [...folders]
await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, worker))
if (flags.has('--coverage')) await report()
console.log(`${totals.passed} passed, ${totals.failed} failed`)
process.exit(totals.failed === 0 && totals.passed > 0 ? 0 : 1)

async function worker() {
  for (let folder = waiting.shift(); folder !== undefined; folder = waiting.shift()) {
    const startedAt = Date.now()
    const { code, output } = await run(
      [
        '--conditions=sidestream-source',
        '--import',
        'tsx',
        'node_modules/uvu/bin.js',
        `test/${folder}`,
        String.raw`\.test\.ts$`,
        ...within(folder).flatMap((inner) => ['--ignore', `^${inner}/`]),
      ],
      limitOf(folder),
    )
    judge(folder, code, output, Date.now() - startedAt)
  }
}

function limitOf(folder) {
  if (longest.has(folder)) return limitOfLongestMs
  return apart.includes(folder) ? limitApartMs : limitMs
}

/** Counts what uvu says, and what it does not. */
function judge(folder, code, output, tookMs) {
  const count = (name) => Number(output.match(new RegExp(`^\\s*${name}:\\s+(\\d+)`, 'm'))?.[1] ?? 0)
  const [total, passed, skipped] = ['Total', 'Passed', 'Skipped'].map(count)
  const lost = total - passed - skipped
  const idle = testFiles(folder).filter((file) => !ranATest(output, file))
  const isBroken = code !== 0 && lost === 0
  const failed = lost + idle.length + (isBroken ? 1 : 0)
  totals.passed += passed
  totals.failed += failed
  const verdict = failed === 0 ? 'ok    ' : 'FAILED'
  console.log(
    `${verdict} test/${folder}  ${passed} passed, ${failed} failed, ${skipped} skipped  (${(tookMs / 1000).toFixed(1)} s)`,
  )
  for (const [line] of output.matchAll(figures)) console.log(`  ${line.trim()}`)
  for (const file of idle) console.log(`  ${file} ran no test, or stopped half-way`)
  if (failed > 0) console.log(output)
}

/** uvu prints each file's name, then for each suite a line of dots that ends with `(passed / total)`. */
function ranATest(output, file) {
  const start = output.split('\n').findIndex((line) => line.trim() === file)
  if (start < 0) return false
  const rest = output.split('\n').slice(start + 1)
  const end = rest.findIndex((line) => line.trim().endsWith('.test.ts'))
  const own = (end < 0 ? rest : rest.slice(0, end)).join('\n')
  const suites = [...own.matchAll(/\((\d+) \/ (\d+)\)/g)]
  return (
    suites.length > 0 && suites.every(([, passed, total]) => Number(total) > 0 && passed === total)
  )
}

function run(args, timeout = limitMs) {
  return new Promise((resolve) => {
    const env = { ...process.env, FORCE_COLOR: '0', NO_COLOR: '1' }
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env,
      timeout,
      killSignal: 'SIGKILL',
    })
    let output = ''
    const collect = (chunk) => {
      output += chunk
    }
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    child.on('close', (code, signal) => {
      if (signal !== null) output += `\nEnded by ${signal}; the limit is ${timeout / 1000} s\n`
      resolve({ code, output })
    })
  })
}

async function report() {
  delete process.env.NODE_V8_COVERAGE
  const { code, output } = await run([
    'node_modules/c8/bin/c8.js',
    'report',
    `--temp-directory=${coverageFolder}`,
    '--reporter=text-summary',
    '--reporter=text',
    '--reporter=lcovonly',
    '--all',
    '--src=.',
    '--include=src/**',
    '--include=pipelines/**',
    '--include=telemetry/**',
    '--exclude-after-remap',
    '--check-coverage',
    '--lines=95',
  ])
  console.log(output)
  if (code !== 0) totals.failed += 1
}

function fail(message) {
  console.error(message)
  process.exit(1)
}
