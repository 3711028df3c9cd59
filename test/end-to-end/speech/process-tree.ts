/** Processes and those that they have started, as Linux tells of them. */
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

export interface Process {
  readonly pid: number
  readonly parent: number
  /** The most memory that it has ever held. */
  readonly peakBytes: number
  /** What it was started as, with arguments. */
  readonly command: string
}

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // it has just ended
  }
}

/** Undefined when it has ended, also if nobody has noticed yet. */
const processOf = (pid: number): Process | undefined => {
  const command = read(`/proc/${pid}/cmdline`).split('\0').join(' ').trim()
  if (command === '') return undefined
  const status = read(`/proc/${pid}/status`)
  const number = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1])
  return { pid, parent: number('PPid'), peakBytes: number('VmHWM') * 1024, command }
}

/** A process and all below it. Whoever has lost its parent is not found. */
export const treeOf = (root: number): readonly Process[] => {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => processOf(Number(name)) ?? [])
  const tree = all.filter(({ pid }) => pid === root)
  for (const { pid } of tree) tree.push(...all.filter(({ parent }) => parent === pid))
  return tree
}

const module = 'sidestream_bridge.speech'

/** The Python that works for an engine. @throws Error when there is none */
export const pythonBelow = (root: number): Process => {
  const found = treeOf(root).find(({ command }) => command.includes(module))
  if (found === undefined) throw new Error(`no Python below ${root}`)
  return found
}

/** Whether it runs. One that has ended does not, also if nobody has noticed yet. */
export const isThere = (pid: number): boolean => processOf(pid) !== undefined

/** Resolves when it has ended. */
export const gone = async (pid: number): Promise<void> => {
  while (isThere(pid)) await pause(10)
}
