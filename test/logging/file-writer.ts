/** Processes that write to a log file through a sink of ours. */
import type { Writable } from 'node:stream'
import { root } from '../end-to-end/engine-process.js'
import { Group } from '../platform/group.js'

interface WriterOptions {
  readonly path: string
  readonly maxBytes: number
  readonly keep: number
  /** What the shell does before, such as `ulimit -f 64`. */
  readonly before?: string
  /** In a mount namespace of its own. */
  readonly isolated?: boolean
}

/**
 * Runs `action`, which finds the `sink`, the `problems` that it reported, the `clock`, whose `aheadMs` can be set, and
 * `told()` for what the test says next.
 */
export const writer = (action: string, options: WriterOptions): Group => {
  const { path, maxBytes, keep, before = ':', isolated = false } = options
  const code = `
    import { openSync, closeSync, readSync, writeSync } from 'node:fs'
    import { fileSink } from '${root}src/logging/file-sink.ts'
    import { makeFolder } from '${root}src/platform/folders.ts'
    const clock = { aheadMs: 0 }
    const problems = []
    const ports = {
      now: () => Date.now() + clock.aheadMs,
      makeFolder,
      report: (problem) => problems.push(problem),
      note: (dropped) => JSON.stringify({ dropped }) + '\\n',
    }
    const settings = { maxBytes: ${maxBytes}, maxAgeMs: undefined, keep: ${keep} }
    const sink = fileSink({ ...settings, path: ${JSON.stringify(path)} }, ports)
    const say = (text) => {
      try {
        writeSync(1, text + '\\n')
      } catch (error) {
        if (error.code !== 'EAGAIN') throw error
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1) // the test reads more slowly
        say(text)
      }
    }
    const told = () => {
      const heard = Buffer.alloc(1000)
      return heard.toString('utf8', 0, readSync(3, heard))
    }
    ${action}`
  const node = [process.execPath, '--import', 'tsx', '--input-type=module', '-e', code]
  const shell = ['bash', '-c', `${before} && exec "$@"`, 'bash', ...node]
  const command = isolated ? ['unshare', '-rm', ...shell] : shell
  // What is written beside, under such limits, would be of no use to others.
  return new Group(command as [string, ...string[]], { TSX_DISABLE_CACHE: '1' })
}

export const tell = (group: Group, text: string): void => {
  const input = group.child.stdio[3] as Writable
  input.write(text)
}
