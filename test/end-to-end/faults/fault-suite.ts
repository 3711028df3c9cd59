/** What the fault suite shares: rounds, engines that misbehave as told, and what is left of them. */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type BlackBoxFile,
  type Command,
  type EngineSpecs,
  type HostEvent,
  type MemberStatus,
  type RpcError,
  type Supervisor,
  type SupervisorOptions,
  supervise,
} from 'sidestream/host'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { cli, until } from '../engine-process.js'

const rounds = Number(process.env['REPEAT'] ?? 1)
/** All processes carry it, with a round's number behind it, in their environment. */
const run = randomBytes(8).toString('hex')
const folders = mkdtempSync(join(tmpdir(), 'sidestream-faults-'))
process.on('exit', () => rmSync(folders, { recursive: true, force: true }))
/** Longest wait for anything, in milliseconds. It only decides how long a failure takes. */
const patienceMs = 20_000

const file = (name: string): string => fileURLToPath(new URL(`engines/${name}`, import.meta.url))

type Body = (round: Round) => Promise<void>

interface Suite {
  /**
   * @param together - how many rounds run at once when the test is repeated: 1 where the time of something counts.
   * Default 6: most tests only wait.
   */
  (sentence: string, body: Body, together?: number): void
  run(): void
}

/** A suite whose tests run as often as REPEAT says, and which ends with a look for processes that are left. */
export const faultSuite = (name: string): Suite => {
  const tests = suite(name)
  const test: Suite = (sentence, body, together = 6) =>
    tests(sentence, async () => {
      let left = rounds
      const worker = async (): Promise<void> => {
        for (left -= 1; left >= 0; left -= 1) await once(body)
      }
      await Promise.all(Array.from({ length: Math.min(together, rounds) }, worker))
    })
  test.run = () => {
    tests('leaves no process behind', async () => {
      const isClean = (): boolean => carriers(run).length === 0
      await until('all processes are gone', isClean).finally(() => {
        for (const pid of carriers(run)) process.kill(pid, 'SIGKILL')
      })
    })
    tests.run()
  }
  return test
}

const once = async (body: Body): Promise<void> => {
  const round = new Round()
  try {
    await body(round)
  } catch (error) {
    // uvu stops half-way for what is no Error, such as what a call fails with.
    throw error instanceof Error ? error : new Error(JSON.stringify(error))
  } finally {
    await round.end()
  }
}

let count = 0

/** One run of one test, with folders and processes of its own. */
export class Round {
  readonly folder: string
  readonly mark: string
  private readonly started: Watched[] = []

  constructor() {
    count += 1
    this.mark = `${run}-${count}-`
    this.folder = mkdtempSync(join(folders, 'round-'))
  }

  /** An engine of ours. */
  ours(env: Readonly<Record<string, string>> = {}, ...more: readonly string[]): Command {
    const args = [cli, 'run', file('faulty.js'), '--log-level', 'warn', ...more]
    return { command: process.execPath, args, env: { ...env, FAULT_RUN: this.mark } }
  }

  foreign(...is: readonly ('banner' | 'silent' | 'deaf' | 'stubborn')[]): Command {
    const args = [file('foreign.js'), ...is]
    return { command: process.execPath, args, env: { FAULT_RUN: this.mark } }
  }

  supervise<const S extends EngineSpecs>(options: SupervisorOptions<S>): Watched<S> {
    const watched = new Watched(supervise({ ...options, ...this.places }))
    this.started.push(watched as unknown as Watched)
    return watched
  }

  /** A host in a process of its own, and what it told of. */
  host(spec: object, call?: readonly unknown[]): HostProcess {
    const options = JSON.stringify({ engines: { it: spec }, call, ...this.places })
    return new HostProcess(options, this.mark)
  }

  /** Processes of this round that are alive. */
  get alive(): readonly number[] {
    return carriers(this.mark)
  }

  async end(): Promise<void> {
    await Promise.all(this.started.map(({ supervisor }) => supervisor.stop()))
  }

  private get places() {
    return { runFolder: join(this.folder, 'run'), blackBoxes: { folder: join(this.folder, 'box') } }
  }
}

/** A supervisor, and all that it has told. */
export class Watched<S extends EngineSpecs = EngineSpecs> {
  readonly supervisor: Supervisor<S>
  readonly events: HostEvent[] = []
  members: readonly MemberStatus[] = []

  constructor(supervisor: Supervisor<S>) {
    this.supervisor = supervisor
    supervisor.events$.subscribe((event) => this.events.push(event))
    supervisor.state$.subscribe((all) => {
      this.members = all
    })
  }

  /** Waits for the n-th event of a kind, that of one engine if it is named. */
  async event<T extends HostEvent['type']>(
    type: T,
    { engine, nth = 1 }: { engine?: string; nth?: number } = {},
  ): Promise<Extract<HostEvent, { type: T }>> {
    const found = () =>
      this.events.filter((it) => it.type === type && it.engine === (engine ?? it.engine))[nth - 1]
    await until(`event ${type} ${engine ?? ''} ${nth}`, () => found() !== undefined).catch(
      (error: Error) => {
        throw new Error(`${error.message}; there were ${JSON.stringify(this.events)}`)
      },
    )
    return found() as never
  }

  /** Its kinds, for those that are started once and end once. */
  types(engine?: string): readonly string[] {
    return this.events
      .filter((it) => it.engine === (engine ?? it.engine) && it.type !== 'black-box')
      .map(({ type }) => type)
  }

  member(key: string): MemberStatus {
    return this.members.find((it) => it.key === key) as MemberStatus
  }

  pid(key: string): number {
    return this.member(key).pid as number
  }

  /** Waits until the watching thread of a process has told that it is there, which no event tells. */
  async beat(key: string): Promise<void> {
    await until(`a beat of ${key}`, () => this.inner(key)?.heartbeat?.lastAt !== undefined)
  }

  /** It has answered a ping. */
  hasPinged(key: string): boolean {
    return this.inner(key)?.snapshot !== undefined
  }

  private inner(key: string) {
    const { slots } = this.supervisor as unknown as { slots: Map<string, Slot> }
    return slots.get(key)?.epoch
  }

  /** What was written down of an end. */
  async box(options: { engine?: string; nth?: number } = {}): Promise<BlackBoxFile> {
    const { file: path } = await this.event('black-box', options)
    return JSON.parse(readFileSync(path, 'utf8'))
  }
}

/** Of the supervisor's own. */
interface Slot {
  readonly epoch?: {
    readonly heartbeat?: { readonly lastAt?: number }
    readonly snapshot?: unknown
  }
}

type Told = { readonly type: string } & Readonly<Record<string, unknown>>

export class HostProcess {
  readonly told: Told[] = []
  private readonly child
  private text = ''

  constructor(options: string, mark: string) {
    const { PATH, HOME } = process.env
    this.child = spawn(process.execPath, [file('host.js'), options], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH, HOME, FAULT_RUN: mark },
    })
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const lines = (this.text + text).split('\n')
      this.text = lines.pop() as string
      this.told.push(...lines.map((line) => JSON.parse(line)))
    })
  }

  async event(type: string): Promise<Told> {
    const found = () => this.told.find((it) => it.type === type)
    await until(`${type} of a host`, () => found() !== undefined)
    return found() as Told
  }

  /** @returns when, by `performance.now()` */
  async kill(): Promise<number> {
    const at = performance.now()
    const gone = new Promise((resolve) => this.child.once('exit', resolve))
    this.child.kill('SIGKILL')
    await gone
    return at
  }
}

export interface Settled {
  readonly result?: unknown
  readonly error?: RpcError
  /** By `performance.now()`. */
  readonly at: number
}

/** A call whose outcome is a value, whatever it is. */
export const outcome = (call: Promise<unknown>): Promise<Settled> =>
  call.then(
    (result) => ({ result, at: performance.now() }),
    (error: RpcError) => ({ error, at: performance.now() }),
  )

export const failure = async (call: Promise<unknown>): Promise<RpcError> => {
  const { error, result } = await outcome(call)
  if (error === undefined) assert.unreachable(`it was answered: ${JSON.stringify(result)}`)
  return error as RpcError
}

/** Fails in the place of a test that would wait for ever. */
export const within = async <T>(name: string, wanted: Promise<T>, ms = patienceMs): Promise<T> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${name}: not within ${ms} ms`)), ms)
  })
  return Promise.race([wanted, late]).finally(() => clearTimeout(timer))
}

/** What an engine of ours wrote down when it ended by itself. */
export const exitOf = (path: string): { readonly code: number; readonly at: number } | undefined =>
  existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined

/** Not a zombie, which has ended. */
export const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}/exe`)

/** Processes whose FAULT_RUN begins so. What has ended has no environment. */
export const carriers = (mark: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => environmentOf(pid).some((it) => it.startsWith(`FAULT_RUN=${mark}`)))

const environmentOf = (pid: number): readonly string[] => {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0')
  } catch {
    return [] // it has ended while we looked, or is another user's
  }
}
