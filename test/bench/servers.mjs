/** Who takes part: for each server its command per framing, and what it cannot do. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

export const root = fileURLToPath(new URL('../..', import.meta.url))
const cli = join(root, 'dist/cli.cjs')
const engineFile = (name) => fileURLToPath(new URL(`engines/${name}`, import.meta.url))
const node = (...args) => [process.execPath, ...args]

const floor = {
  ndjson: node(engineFile('floor.mjs')),
  'content-length': node(engineFile('floor-content-length.mjs')),
}

/** In the order of the table. `floor-again` is the same program in another process: its distance from 1 is the error. */
export const servers = [
  { name: 'floor', commands: floor },
  { name: 'floor-again', commands: floor },
  {
    name: 'sidestream',
    commands: {
      ndjson: node(cli, 'run', engineFile('sidestream.js')),
      'content-length': node(
        cli,
        'run',
        engineFile('sidestream.js'),
        '--framing',
        'content-length',
      ),
    },
    prepare: async () => (existsSync(cli) ? undefined : 'dist/cli.cjs is missing: npm run build'),
  },
  { name: 'json-rpc-2.0', commands: { ndjson: node(engineFile('json-rpc-2.0.mjs')) } },
  {
    name: 'vscode-jsonrpc',
    commands: { 'content-length': node(engineFile('vscode-jsonrpc.mjs')) },
    lacks: ['batch'],
  },
  { name: 'mcp', commands: { ndjson: node(engineFile('mcp.mjs')) }, lacks: ['batch'] },
  {
    name: 'python',
    commands: { ndjson: [venvPython(), engineFile('python.py')] },
    lacks: ['batch'],
    prepare: pythonIsMissing,
  },
]

/** The framing that a server speaks in a scenario, or undefined if it takes no part. */
export const framingFor = (server, scenario) => {
  if (server.lacks?.includes(scenario.needs)) return undefined
  const [framing] = Object.keys(server.commands)
  if (scenario.framing === undefined) return framing
  return server.commands[scenario.framing] && scenario.framing
}

function venvPython() {
  return join(homedir(), '.cache/sidestream-bench/venv/bin/python')
}

/** Makes the venv on first use. Returns why Python cannot take part, if it cannot. */
async function pythonIsMissing() {
  const python = venvPython()
  const hasPydantic = () => run(python, ['-c', 'import pydantic'], { timeout: 20_000 })
  try {
    if (existsSync(python) && (await hasPydantic().catch(() => undefined))) return undefined
    const venv = join(python, '../..')
    console.error(`python: making ${venv} with pydantic`)
    await run('python3', ['-m', 'venv', venv], { timeout: 60_000 })
    await run(python, ['-m', 'pip', 'install', '--quiet', 'pydantic>=2'], { timeout: 120_000 })
    await hasPydantic()
    return undefined
  } catch (error) {
    return `python3 with venv, pip and pydantic is needed (${String(error.message).split('\n')[0]})`
  }
}
