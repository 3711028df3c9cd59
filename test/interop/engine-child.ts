/** An engine as a foreign host runs it: a child process with pipes, and nothing of ours on the other side. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

export const echo = `${root}samples/echo.ts`
export const asking = `${root}test/interop/engines/asking.ts`

export interface EngineChild {
  readonly stdin: Writable
  readonly stdout: Readable
  /** Ends its input; its exit code. */
  end(): Promise<number>
}

/** Longest wait of a test, in milliseconds. It only decides how long a failure takes. */
const patienceMs = 30_000

export const inTime = async <T>(task: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('No answer in time')), patienceMs)
  })
  return Promise.race([task, late]).finally(() => clearTimeout(timer))
}

const running = new Set<ChildProcessByStdio<Writable, Readable, null>>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

export const engineChild = (engine: string): EngineChild => {
  const child = spawn(process.execPath, [`${root}dist/cli.cjs`, 'run', engine], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  running.add(child)
  const exited = once(child, 'exit').then(([code]) => {
    running.delete(child)
    return code as number
  })
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    end: () => {
      child.stdin.end()
      return exited
    },
  }
}
