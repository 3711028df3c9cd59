/** Starts a process with three pipes. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { EMPTY, fromEvent, NEVER, Subject, takeUntil } from 'rxjs'
import type { Child, ChildEnd } from '../ports/child.js'
import type { Transport } from '../ports/transport.js'
import { streamTransport } from './stdio.js'

/** What to start. */
export interface Command {
  readonly command: string
  readonly args?: readonly string[]
  readonly cwd?: string
  /** Default: that of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** What a child wrote last is read so long, when a process that it has left behind keeps the pipes open, in milliseconds. */
const lastWordsMs = 250

export const startChild = ({ command, args = [], cwd, env }: Command): Child => {
  const because = (error: unknown): string =>
    whyNotStarted(error as NodeJS.ErrnoException, command, cwd)
  let child: ChildProcessWithoutNullStreams
  try {
    child = spawn(command, args, {
      cwd,
      env: env as NodeJS.ProcessEnv | undefined,
      // A group of its own: Ctrl-C is the host's to pass on, and the group can be killed as a whole.
      detached: process.platform !== 'win32',
      windowsHide: true,
    })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error // our caller's mistake
    return neverStarted(because(error))
  }
  const gone$ = new Subject<void>()
  const ended = new Promise<ChildEnd>((resolve) => {
    const tell = (end: ChildEnd): void => {
      gone$.next()
      resolve(end)
    }
    child.on('error', (error) => {
      if (child.pid === undefined) tell({ how: 'not-started', reason: because(error) })
    })
    child.once('exit', (exitCode, signal) => {
      const end = (): void => {
        clearTimeout(timer)
        for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy()
        tell(
          signal === null ? { how: 'exited', exitCode: exitCode ?? 0 } : { how: 'killed', signal },
        )
      }
      const timer = setTimeout(end, lastWordsMs)
      child.once('close', end)
    })
  })
  child.stderr.on('error', () => {}) // its close tells as much
  return {
    pid: child.pid,
    transport: streamTransport(child.stdout, child.stdin),
    stderr$: fromEvent(child.stderr, 'data', (chunk: Uint8Array) => chunk).pipe(takeUntil(gone$)),
    ended,
    kill: (signal) => kill(child, signal),
  }
}

/** By its pid only while it has not been reaped: later, another process may have that pid. */
const kill = (child: ChildProcessWithoutNullStreams, signal: 'SIGTERM' | 'SIGKILL'): void => {
  const isThere = child.pid !== undefined && child.exitCode === null && child.signalCode === null
  if (!isThere) return
  try {
    if (signal === 'SIGKILL' && process.platform !== 'win32')
      process.kill(-(child.pid as number), signal)
    else child.kill(signal)
  } catch {} // it ended just now
}

const whyNotStarted = (
  { code, message }: NodeJS.ErrnoException,
  command: string,
  cwd: string | undefined,
): string => {
  if (cwd !== undefined && !existsSync(cwd)) return `there is no directory ${cwd} to start it in`
  switch (code) {
    case 'ENOENT':
      return `there is no command ${command}`
    case 'EACCES':
      return `${command} may not be executed: it is no program, or permission is missing`
    default:
      return message
  }
}

const silence: Transport = {
  input$: EMPTY,
  drained$: NEVER,
  broken$: NEVER,
  write: () => {},
  unwritten: 0,
  pause: () => {},
  resume: () => {},
  end: () => Promise.resolve(),
}

const neverStarted = (reason: string): Child => ({
  pid: undefined,
  transport: silence,
  stderr$: EMPTY,
  ended: Promise.resolve({ how: 'not-started', reason }),
  kill: () => {},
})
