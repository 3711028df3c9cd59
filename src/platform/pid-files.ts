/**
 * The last guard against orphans: each engine's pid is in a file, and the next host ends what a host that died has left.
 * The end of stdin and the engine's own look at its parent come first; this is for engines that heed neither.
 */
import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, isAbsolute, join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { makeFolder } from './folders.js'
import {
  cookieCarriers,
  isAlive,
  killGroup,
  killProcess,
  membersOf,
  type ProcessId,
  pidNamespace,
  startTimeOf,
} from './process-table.js'

export interface PidFiles {
  /**
   * For an engine that has just been started as the leader of a process group of its own.
   *
   * @returns removes the file; to be called when nobody of that group is left
   */
  add(engine: StartedEngine): () => void
  /**
   * Sends SIGKILL to the engines of hosts that are gone, and to all that these engines have started, and removes their files.
   * Does not wait for their end. Never rejects.
   */
  sweep(): Promise<readonly Swept[]>
}

export interface StartedEngine {
  readonly pid: number
  /** Random hex digits, 16 or more, in its environment as `SIDESTREAM_COOKIE`. */
  readonly cookie: string
  /** For whoever reads of it later. */
  readonly command: string
}

/** An engine whose host was gone. */
export interface Swept {
  readonly pid: number
  readonly command: string
  /** The processes it had left behind. */
  readonly killed: readonly number[]
}

/** Half a file may be one that is being written, if it is not this old, in milliseconds. */
const brokenMs = 60_000

const PidFile = t.type({
  version: t.literal(1),
  pid: t.number,
  startTime: t.string,
  cookie: t.string,
  command: t.string,
  host: t.type({ pid: t.number, startTime: t.string }),
  /** Where these pids mean something. */
  pidNamespace: t.string,
})
type PidFile = t.TypeOf<typeof PidFile>
/** What a Sidestream that is newer than this one writes is not broken. */
const OtherVersion = t.type({ version: t.number })

/** Of this user: the session's folder, or one in that for temporary files. */
export const defaultRunFolder = (): string => {
  const session = process.env['XDG_RUNTIME_DIR'] ?? ''
  // It is named, and not there, where somebody became another user, and in containers.
  return isAbsolute(session) && existsSync(session)
    ? join(session, 'sidestream')
    : join(tmpdir(), `sidestream-${process.getuid?.() ?? 'user'}`)
}

/**
 * Does nothing on Windows, where nobody tells who was started when.
 *
 * @param folder - made if it is missing; not used if somebody else may write to it
 * @param report - told in words why an engine has no file, or why files are not swept
 */
export const pidFiles = (
  folder: string = defaultRunFolder(),
  report: (problem: string) => void = () => {},
): PidFiles => ({
  add({ pid, cookie, command }) {
    if (!isCookie(cookie)) throw new TypeError('A cookie is 16 or more hex digits')
    const startTime = startTimeOf(pid)
    const host = ourselves()
    if (startTime === undefined || host === undefined) return () => {}
    const file: PidFile = {
      version: 1,
      pid,
      startTime,
      cookie,
      command,
      host,
      pidNamespace: pidNamespace(),
    }
    return attempt(
      () => write(folder, file),
      (reason) => {
        report(`No pid file for ${command}: ${reason}`)
        return () => {}
      },
    )
  },
  async sweep() {
    if (ourselves() === undefined) return []
    const names = attempt(
      () => readdirSync(makeOurs(folder)),
      (reason) => {
        report(`Engines of earlier hosts are not looked for: ${reason}`)
        return []
      },
    )
    const paths = names.map((name) => join(folder, name))
    const left = paths.flatMap((path) =>
      attempt(
        () => leftBehind(path) ?? [],
        (reason) => {
          report(`${path} is not swept: ${reason}`)
          return []
        },
      ),
    )
    if (left.length === 0) return []
    const carriers = await cookieCarriers()
    const own = left.filter(({ engine: { cookie } }) => !isFamily(carriers?.get(cookie) ?? []))
    return Promise.all(
      own.map(async ({ path, engine }) => {
        const killed = await killEngine(engine, carriers?.get(engine.cookie) ?? [])
        attempt(() => rmSync(path, { force: true }), noMatter)
        return { pid: engine.pid, command: engine.command, killed }
      }),
    )
  },
})

/** Nobody ends its own family. */
const isFamily = (carriers: readonly ProcessId[]): boolean =>
  carriers.some(({ pid }) => pid === process.pid)

const attempt = <T>(action: () => T, otherwise: (reason: string) => T): T => {
  try {
    return action()
  } catch (error) {
    return otherwise((error as Error).message)
  }
}

const isCookie = (text: string): boolean => /^[0-9a-f]{16,}$/.test(text)

const ourselves = (): ProcessId | undefined => {
  const startTime = startTimeOf(process.pid)
  return startTime === undefined ? undefined : { pid: process.pid, startTime }
}

/** The same folder. Throws if somebody else may choose what is in it. */
const makeOurs = (folder: string): string => {
  makeFolder(folder)
  const stats = lstatSync(folder)
  if (!stats.isDirectory()) throw new Error(`${folder} is not a directory`)
  if (stats.uid !== process.getuid?.()) throw new Error(`${folder} belongs to another user`)
  if ((stats.mode & 0o022) !== 0) throw new Error(`${folder} can be written to by other users`)
  return folder
}

const write = (folder: string, file: PidFile): (() => void) => {
  const path = join(makeOurs(folder), file.cookie)
  writeFileSync(`${path}.tmp`, JSON.stringify(file), { mode: 0o600 })
  renameSync(`${path}.tmp`, `${path}.json`)
  return () => attempt(() => rmSync(`${path}.json`), noMatter) // what is left is the next sweep's
}

const noMatter = (): void => {}

interface Left {
  readonly path: string
  readonly engine: PidFile
}

/**
 * A file whose host is gone. Another host may be looking at the same: then we kill who is dying, and remove what is not
 * there.
 */
const leftBehind = (path: string): Left | undefined => {
  const [cookie = '', ending] = basename(path).split('.')
  if (!isCookie(cookie) || (ending !== 'json' && ending !== 'tmp')) return undefined // not ours
  const engine = ending === 'json' ? read(path, cookie) : 'broken'
  if (engine === 'broken') {
    const writtenAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()
    if (Date.now() - writtenAt > brokenMs) rmSync(path, { force: true })
    return undefined
  }
  return engine === 'foreign' || isAlive(engine.host) ? undefined : { path, engine }
}

/** @returns foreign - for others to sweep: pids have another meaning here, or the file has */
const read = (path: string, cookie: string): PidFile | 'broken' | 'foreign' => {
  const content = attempt<unknown>(() => JSON.parse(readFileSync(path, 'utf8')), noMatter)
  const file = PidFile.decode(content)
  if (E.isLeft(file)) {
    return OtherVersion.is(content) && content.version !== 1 ? 'foreign' : 'broken'
  }
  if (file.right.cookie !== cookie) return 'broken'
  return file.right.pidNamespace === pidNamespace() ? file.right : 'foreign'
}

/**
 * Kills those that carry the cookie, and the engine's group if one of them is in it.
 *
 * @returns their pids
 */
const killEngine = async (
  engine: PidFile,
  carriers: readonly ProcessId[],
): Promise<readonly number[]> => {
  const killed = new Set<number>()
  // Again until nobody new is found: one may start another while we look.
  for (let found = carriers; found.length > 0; found = await newcomers(engine, killed)) {
    const group = (await membersOf(engine.pid)) ?? []
    if (found.some(({ pid }) => group.includes(pid)) && killGroup(engine)) {
      for (const pid of group) killed.add(pid)
    }
    for (const carrier of found) {
      killProcess(carrier)
      killed.add(carrier.pid)
    }
  }
  return [...killed]
}

const newcomers = async (
  { cookie }: PidFile,
  known: ReadonlySet<number>,
): Promise<readonly ProcessId[]> =>
  ((await cookieCarriers())?.get(cookie) ?? []).filter(({ pid }) => !known.has(pid))
