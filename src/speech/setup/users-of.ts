/** Who runs a Python of ours, so that it is not taken from under an engine. */
import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { setupFailure } from './failures.js'

/** @throws RpcError */
export const refuseIfUsed = async (engine: string, venv: string): Promise<void> => {
  const pids = await usersOf(venv)
  if (pids.length === 0) return
  const who = pids.length === 1 ? `process ${pids[0]} uses` : `processes ${pids.join(', ')} use`
  throw setupFailure('in-use', `${engine} is at work: ${who} it. End that first.`, { pids })
}

/** Processes that were started by a command in this folder. None are seen on Windows, which keeps such files itself. */
export const usersOf = async (folder: string): Promise<readonly number[]> => {
  switch (process.platform) {
    case 'linux':
      return linuxUsers(folder)
    case 'darwin':
      return macUsers(folder)
    default:
      return []
  }
}

const linuxUsers = async (folder: string): Promise<readonly number[]> => {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))
  const users = await Promise.all(
    pids.map(async (pid) => {
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
      return command.startsWith(`${folder}/`) ? [Number(pid)] : []
    }),
  )
  return users.flat()
}

const macUsers = async (folder: string): Promise<readonly number[]> => {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-axww', '-o', 'pid=', '-o', 'command='])
    return stdout.split('\n').flatMap((line) => {
      const [, pid, command = ''] = /^ *(\d+) (.*)$/.exec(line) ?? []
      return command.startsWith(`${folder}/`) ? [Number(pid)] : []
    })
  } catch {
    return []
  }
}
