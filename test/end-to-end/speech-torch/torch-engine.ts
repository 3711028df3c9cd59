/** Engines whose models and Python `set-up.sh` has made, as a host starts them. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Client, connect } from 'sidestream/host'
import { cli } from '../../cli/sidestream.js'

let made: string | undefined

/** Takes minutes when it is not there yet. */
const folder = (): string => {
  const script = fileURLToPath(new URL('set-up.sh', import.meta.url))
  made ??= execFileSync(script, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim()
  return made
}

export const startedEngine = (engine: 'funasr' | 'sherpa-onnx', cwd?: string): Promise<Client> => {
  const python = `engines.funasr.python=${join(folder(), 'venv/bin/python')}`
  const settings = engine === 'funasr' ? ['--set', python] : []
  return connect({
    command: process.execPath,
    args: [cli, 'run', engine, '--log-level', 'error', ...settings],
    env: { XDG_DATA_HOME: join(folder(), 'data') },
    ...(cwd !== undefined && { cwd }),
  })
}
