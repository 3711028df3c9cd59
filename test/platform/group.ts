/** Real processes, each the leader of a group of its own, as a host starts its engines. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { stateOf } from '../../src/platform/process-table.js'
import { until } from '../end-to-end/engine-process.js'

/** A command for the shell that goes on until the test is over. Descriptor 3 ends then, and only then. */
export const stay = 'cat <&3'

const started = new Set<ChildProcess>()

/** Ends what the tests have started, and what that has left behind. */
export const endAll = (): void => {
  for (const child of started) {
    child.kill('SIGKILL')
    for (const stream of child.stdio) stream?.destroy()
  }
  started.clear()
}

export class Group {
  readonly child: ChildProcess
  /** Gives the lines that it prints, from the first one on. */
  private readonly lines: AsyncIterator<string>

  constructor(command: readonly [string, ...string[]], env: NodeJS.ProcessEnv = {}) {
    const [program, ...args] = command
    this.child = spawn(program, args, {
      detached: true,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
    })
    started.add(this.child)
    const stdout = createInterface(this.child.stdio[1] as Readable)
    this.lines = stdout[Symbol.asyncIterator]()
  }

  get pid(): number {
    return this.child.pid as number
  }

  async line(): Promise<string> {
    const { value, done } = await this.lines.next()
    if (done === true) throw new Error('It ended without another line')
    return value
  }

  /** Is still there: what it is told comes back. For those whose only process is {@link stay}. */
  async answers(): Promise<void> {
    const input = this.child.stdio[3] as Writable
    input.write('still there\n')
    await this.line()
  }

  async killed(): Promise<void> {
    const exit = once(this.child, 'exit')
    this.child.kill('SIGKILL')
    await exit
  }
}

/** One process that does nothing, when it is what it will be: while a program takes another's place, its environment is empty. */
export const idle = async (env: NodeJS.ProcessEnv = {}): Promise<Group> => {
  const group = new Group(['sh', '-c', `exec ${stay}`], env)
  await group.answers()
  return group
}

/** A shell's script; resolves when it has printed so many lines, each a pid. */
export const script = async (
  text: string,
  pids: number,
  env: NodeJS.ProcessEnv = {},
): Promise<Group & { readonly printed: readonly number[] }> => {
  const group = new Group(['sh', '-c', text], env)
  const printed: number[] = []
  for (let i = 0; i < pids; i++) printed.push(Number(await group.line()))
  return Object.assign(group, { printed })
}

/** A child in the background, which prints its pid when it is what it will be. */
export const child = (prefix = ''): string => `${prefix} sh -c 'echo $$; exec ${stay}' &`

export const hasEnded = (pid: number): boolean => {
  const state = stateOf(pid)
  return state === 'gone' || state === 'zombie'
}

export const ended = (pid: number): Promise<void> => until(`the end of ${pid}`, () => hasEnded(pid))
