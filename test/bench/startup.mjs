/**
 * What config and logging add to a start, each measured apart: an engine that is given one request and, when that is
 * answered, the end of its input, from spawn to its first answer and to its end. Prints medians in milliseconds as JSON.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const cli = fileURLToPath(new URL('../../dist/cli.cjs', import.meta.url))
const engine = fileURLToPath(new URL('engines/sidestream.js', import.meta.url))
const rounds = process.argv.includes('--quick') ? 2 : 31
const folder = mkdtempSync(join(tmpdir(), 'sidestream-bench-'))
process.on('exit', () => rmSync(folder, { recursive: true }))

const settings = `
errors: {expose: message}
deadline: 30s
drain: 3s
limits: {maxInFlight: 8, maxQueued: 500, messageBytes: 8MiB, replyBytes: 32MiB, batch: 500, depth: 500}
methods:
  add: {deadline: 5s, limits: {maxInFlight: 4}}
parentWatch: true
`
const quiet = join(folder, 'quiet.yaml')
const logging = join(folder, 'logging.yaml')
writeFileSync(quiet, `log: {level: fatal}${settings}`)
writeFileSync(
  logging,
  `log:\n  level: info\n  calls: 1\n  redact: {keys: [pin]}\n  file: {path: ${join(folder, 'engine.log')}, maxSize: 1MiB}${settings}`,
)

const variants = {
  plain: ['--log-level', 'fatal'],
  config: ['--config', quiet],
  both: ['--config', logging],
}
const env = { PATH: process.env.PATH, HOME: process.env.HOME }
const request = '{"jsonrpc":"2.0","id":1,"method":"add","params":{"a":1,"b":2}}\n'

/** @returns milliseconds to the first answer, and to the end */
const run = (args) =>
  new Promise((resolve, reject) => {
    const at = performance.now()
    const child = spawn(process.execPath, [cli, 'run', engine, ...args], {
      env,
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    let answered
    child.stdout.once('data', () => {
      answered = performance.now() - at
      child.stdin.end()
    })
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0 && answered !== undefined) resolve({ answered, ended: performance.now() - at })
      else reject(new Error(`ended with ${code}`))
    })
    child.stdin.write(request)
  })

const median = (times) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)]

const times = Object.fromEntries(Object.keys(variants).map((name) => [name, []]))
for (let round = -1; round < rounds; round += 1) {
  for (const [name, args] of Object.entries(variants)) {
    const took = await run(args)
    if (round >= 0) times[name].push(took)
  }
}
const medianOf = (name, key) => median(times[name].map((took) => took[key]))
const added = (key) => {
  const [plain, config, both] = Object.keys(variants).map((name) => medianOf(name, key))
  return { plain, config: config - plain, logging: both - config, together: both - plain }
}
console.log(JSON.stringify({ answered: added('answered'), ended: added('ended') }))
