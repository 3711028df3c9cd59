/**
 * What Node does not tell about processes: by /proc on Linux, by `ps` on macOS. Elsewhere everything here is undefined,
 * which never means that nobody is there.
 */
import { execFile, execFileSync } from 'node:child_process'
import { closeSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { promisify } from 'node:util'

/** Names one process for good: a pid alone is given to a stranger some day. */
export interface ProcessId {
  readonly pid: number
  /** See {@link startTimeOf}. */
  readonly startTime: string
}

export type ProcessState = 'running' | 'stopped' | 'zombie' | 'gone'

export interface Usage {
  /** Memory that processes share is counted for each of them. */
  readonly rssBytes: number
  /** User and system time, also that of children which have ended and were waited for. */
  readonly cpuMs: number
}

/** In the environment of an engine, and of all it starts. */
export const cookieVariable = 'SIDESTREAM_COOKIE'

/** An opaque text that stays the same for the life of a process. Undefined when there is none with this pid. */
export const startTimeOf = (pid: number): string | undefined => rowOf(pid)?.startTime

/** Undefined when it cannot be known. */
export const stateOf = (pid: number): ProcessState | undefined => rowOf(pid)?.state ?? whyNoRow()

/** It has not ended. A zombie has, although whoever started it never noticed. */
export const isAlive = ({ pid, startTime }: ProcessId): boolean => {
  const row = rowOf(pid)
  return row?.startTime === startTime && row.state !== 'zombie'
}

/**
 * Sums up a process group; undefined when it is gone. Costs a look at every process of the machine, 5 ms for 300 of them
 * on Linux, which those who ask in the same moment share.
 */
export const usageOf = async (pgid: number): Promise<Usage | undefined> => {
  const members = (await sharedRows())?.filter((row) => row.pgid === pgid) ?? []
  if (members.length === 0) return undefined
  return {
    rssBytes: members.reduce((sum, { rssBytes }) => sum + rssBytes, 0),
    cpuMs: members.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
  }
}

/** The pids of a process group, zombies left out. */
export const membersOf = async (pgid: number): Promise<readonly number[] | undefined> =>
  (await rows())?.filter((row) => row.pgid === pgid && row.state !== 'zombie').map(({ pid }) => pid)

/**
 * Who was started with which value of {@link cookieVariable}; undefined where nobody tells. Processes of other users are
 * not seen. Costs a look at every process of this user.
 */
export const cookieCarriers = async (): Promise<
  ReadonlyMap<string, readonly ProcessId[]> | undefined
> => {
  switch (process.platform) {
    case 'linux':
      return byCookie(await linuxCarriers())
    case 'darwin':
      return byCookie(await macCarriers())
    default:
      return undefined
  }
}

interface Carrier extends ProcessId {
  readonly cookie: string
}

const byCookie = (carriers: readonly Carrier[]): ReadonlyMap<string, readonly ProcessId[]> => {
  const found = new Map<string, ProcessId[]>()
  for (const { cookie, ...process } of carriers)
    found.set(cookie, [...(found.get(cookie) ?? []), process])
  return found
}

/** @param entries - of an environment, `NAME=value` */
const cookieIn = (entries: readonly string[]): string | undefined =>
  entries.find((entry) => entry.startsWith(cookieEntry))?.slice(cookieEntry.length)
const cookieEntry = `${cookieVariable}=`

/** Pids mean the same to two processes only if this is the same for both: containers may share a folder, but no pids. */
export const pidNamespace = (): string => {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return '' // no Linux
  }
}

/** SIGKILL, unless the process has ended and its pid is another's. */
export const killProcess = ({ pid, startTime }: ProcessId): void => {
  if (startTimeOf(pid) === startTime) sendKill(pid)
}

/**
 * SIGKILL to whoever is left of a process group, also when its leader has gone: as long as there are members, no new
 * process is given its pid. If another one has it, nobody is left.
 *
 * @returns whether there was anybody, zombies included
 */
export const killGroup = ({ pid, startTime }: ProcessId): boolean => {
  if (pid <= 1) return false // -1 is everybody, 0 is ourselves
  const now = startTimeOf(pid)
  return (now === undefined || now === startTime) && sendKill(-pid)
}

const sendKill = (pid: number): boolean => {
  try {
    return process.kill(pid, 'SIGKILL')
  } catch {
    return false // it has just ended, or belongs to another user
  }
}

interface Row extends ProcessId, Usage {
  readonly pgid: number
  readonly state: Exclude<ProcessState, 'gone'>
}

const rowOf = (pid: number): Row | undefined => {
  switch (process.platform) {
    case 'linux':
      return linuxRow(pid)
    case 'darwin':
      return macRow(pid)
    default:
      return undefined
  }
}

/** Where our own row can be read, who has none is gone. */
const whyNoRow = (): 'gone' | undefined => (rowOf(process.pid) === undefined ? undefined : 'gone')

const rows = async (): Promise<readonly Row[] | undefined> => {
  switch (process.platform) {
    case 'linux':
      return linuxRows()
    case 'darwin':
      return macRows()
    default:
      return undefined
  }
}

let reading: Promise<readonly Row[] | undefined> | undefined
const sharedRows = (): Promise<readonly Row[] | undefined> => {
  reading ??= rows().finally(() => {
    reading = undefined
  })
  return reading
}

const stateBy = (letter: string): Row['state'] => {
  switch (letter) {
    case 'T': // by a signal
    case 't': // by a debugger
      return 'stopped'
    case 'Z':
    case 'X':
      return 'zombie'
    default:
      return 'running'
  }
}

// Linux

/** Of the times in /proc, in milliseconds: a hundred a second, whatever the kernel's own clock does. */
const tickMs = 10
/** Read without letting anybody else run, which is half a millisecond. */
const sliceLength = 32
/** Enough for a process's line, which is a few hundred bytes. One for all of them halves the cost of reading. */
const buffer = Buffer.allocUnsafe(4096)

const linuxRow = (pid: number): Row | undefined => {
  const fields = statOf(pid)
  if (fields === undefined) return undefined
  const field = (number: number): string => fields[number - 3] as string // as proc(5) numbers them
  const ticks = [14, 15, 16, 17].reduce((sum, number) => sum + Number(field(number)), 0)
  return {
    pid,
    pgid: Number(field(5)),
    state: stateBy(field(3)),
    startTime: `${bootId()}:${field(22)}`, // it counts from the boot
    rssBytes: Number(field(24)) * pageBytes(),
    cpuMs: ticks * tickMs,
  }
}

/** From the third field on: the second is the command in parentheses, and may itself hold spaces and parentheses. */
const statOf = (pid: number): readonly string[] | undefined => {
  const text = startOf(`/proc/${pid}/stat`)
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')
}

/** Undefined when the process has ended, or is hidden from us. */
const startOf = (path: string): string | undefined => {
  try {
    const fd = openSync(path, 'r')
    try {
      return buffer.toString('latin1', 0, readSync(fd, buffer, 0, buffer.length, 0))
    } finally {
      closeSync(fd)
    }
  } catch {
    return undefined
  }
}

/** Read by the main thread, in slices: through the thread pool it costs seven times as much. */
const linuxRows = async (): Promise<readonly Row[] | undefined> => {
  const found: Row[] = []
  for (const [index, pid] of linuxPids().entries()) {
    if (index % sliceLength === sliceLength - 1) await setImmediate()
    const row = linuxRow(pid)
    if (row !== undefined) found.push(row)
  }
  return found.length > 0 ? found : undefined // there is always us
}

const linuxPids = (): readonly number[] => {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d/.test(name))
      .map(Number)
  } catch {
    return []
  }
}

/** Through the thread pool: reading an environment waits for a process that is stuck in changing its memory. */
const linuxCarriers = async (): Promise<readonly Carrier[]> => {
  const found = await Promise.all(
    linuxPids().map(async (pid): Promise<Carrier | undefined> => {
      const startTime = startTimeOf(pid) // before: what is read then is this process's, or a later kill is refused
      const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '')
      const cookie = cookieIn(environment.split('\0'))
      return startTime === undefined || cookie === undefined
        ? undefined
        : { pid, startTime, cookie }
    }),
  )
  return found.filter((carrier) => carrier !== undefined)
}

let knownBootId: string | undefined
const bootId = (): string => {
  knownBootId ??= startOf('/proc/sys/kernel/random/boot_id')?.trim() ?? '' // some sandboxes have none
  return knownBootId
}

/** 4096 on most machines, 16384 on some with ARM. */
let knownPageBytes: number | undefined
const pageBytes = (): number => {
  // By what the first piece of our own memory is made of: Node tells no page size.
  knownPageBytes ??=
    Number(startOf('/proc/self/smaps')?.match(/KernelPageSize: +(\d+) kB/)?.[1] ?? 4) * 1024
  return knownPageBytes
}

// macOS. Unverified: nobody has run it yet.

/** Each header in an option of its own: BSD takes what follows a `=` as the header's text, commas included. */
const columns = (...names: string[]): string[] => names.flatMap((name) => ['-o', `${name}=`])
const rowColumns = columns('pid', 'pgid', 'stat', 'rss', 'time', 'lstart')
/** Start times are printed in words and in local time. */
const inPlainWords = {
  env: { PATH: '/bin:/usr/bin', LC_ALL: 'C', TZ: 'UTC' },
  encoding: 'utf8',
  maxBuffer: 2 ** 26,
} as const

const macRow = (pid: number): Row | undefined => {
  try {
    const args = [...rowColumns, '-p', String(pid)]
    return parsedRow(execFileSync('ps', args, { ...inPlainWords, stdio: 'pipe' }))
  } catch {
    return undefined // it ends with 1 when there is no such process
  }
}

const macRows = async (): Promise<readonly Row[] | undefined> =>
  (await ps('-ax', ...rowColumns))?.flatMap((text) => parsedRow(text) ?? [])

/** The environment is printed behind the command's words, with spaces between. */
const macCarriers = async (): Promise<readonly Carrier[]> => {
  const texts = (await ps('-axwwE', ...columns('pid', 'lstart', 'command'))) ?? []
  return texts.flatMap((text) => {
    const [pid, ...words] = text.trim().split(/\s+/)
    const cookie = cookieIn(words)
    return cookie === undefined
      ? []
      : [{ pid: Number(pid), startTime: words.slice(0, 5).join(' '), cookie }]
  })
}

const ps = async (...args: string[]): Promise<readonly string[] | undefined> => {
  try {
    const { stdout } = await promisify(execFile)('ps', args, inPlainWords)
    return stdout.split('\n').filter((text) => text !== '')
  } catch {
    return undefined
  }
}

/** Such as `  501   501 Ss    10240   0:01.25 Tue Jan  2 12:34:56 2024`. */
const parsedRow = (text: string): Row | undefined => {
  const [pid, pgid, state, rssKib, time, ...startTime] = text.trim().split(/\s+/)
  if (time === undefined) return undefined
  return {
    pid: Number(pid),
    pgid: Number(pgid),
    state: stateBy((state as string).charAt(0)),
    startTime: startTime.join(' '),
    rssBytes: Number(rssKib) * 1024,
    cpuMs: parsedMs(time),
  }
}

/** Such as `12:34.56` and `1-02:03:04`: days, hours, minutes, seconds, the first ones left out. */
const parsedMs = (time: string): number => {
  const [seconds = 0, minutes = 0, hours = 0, days = 0] = time.split(/[-:]/).map(Number).reverse()
  return Math.round((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000)
}
