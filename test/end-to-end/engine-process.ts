/** An engine as hosts run it: `node dist/cli.cjs run …`, what it answers, what it logs and how it ends. */
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { EventEmitter } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../', import.meta.url))
export const cli = `${root}dist/cli.cjs`

/** @param name - of a module in `engines` */
export const engineFile = (name: string): string =>
  fileURLToPath(new URL(`./engines/${name}`, import.meta.url))

export interface Frame {
  readonly jsonrpc?: string
  readonly id?: number | string | null
  readonly method?: string
  readonly params?: unknown
  // biome-ignore lint/suspicious/noExplicitAny: tests compare it
  readonly result?: any
  // biome-ignore lint/suspicious/noExplicitAny: tests compare it
  readonly error?: { readonly code: number; readonly message: string; readonly data: any }
}

/** A line of the log. */
export type LogRecord = Readonly<Record<string, unknown>>

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

interface RunOptions {
  /** Given to `run` behind the engine. */
  readonly args?: readonly string[]
  /**
   * What the standard streams of the engine are: the socketpairs that Node makes, or pipes as a shell makes them.
   */
  readonly through?: 'sockets' | 'pipes'
  /** Redirections in the words of the shell, such as `2>/dev/full`. */
  readonly redirect?: string
  /** What the shell does first, in a mount namespace of its own. */
  readonly before?: string
  /** Starts the engine as a grandchild, below a host that the test can kill. */
  readonly underParent?: boolean
  readonly stdio?: StdioOptions
  /** Streams that are not read until `read` is called for them. */
  readonly unread?: readonly ('stdout' | 'stderr')[]
  /** What is on stdout is not lines of JSON. */
  readonly raw?: boolean
  /** Text other than log records may be on stderr. */
  readonly textOnStderr?: boolean
}

/** Longest wait for anything, in milliseconds. It only decides how long a failure takes. */
const patienceMs = 20_000

const running = new Set<ChildProcess>()

/** Ends what a test that failed left running; a grandchild by the end of its input. */
export const endAll = (): void => {
  for (const child of running) {
    child.kill('SIGKILL')
    for (const stream of child.stdio) stream?.destroy()
  }
  running.clear()
}

const pipes = '< <(exec cat) > >(exec cat) 2> >(exec cat >&2)'

export class EngineProcess {
  readonly child: ChildProcess
  readonly stdin: Writable
  readonly frames: Frame[] = []
  readonly records: LogRecord[] = []
  /** Of stdout, when it is raw. */
  text = ''
  private readonly options: RunOptions
  private readonly closed: Promise<Exit>
  private readonly strays: string[] = []
  private readonly news = new EventEmitter()

  constructor(engine: string, options: RunOptions = {}) {
    this.options = options
    const { args = [], underParent, through, before } = options
    const { redirect = through === 'pipes' ? pipes : '' } = options
    const parent =
      underParent === true ? [fileURLToPath(new URL('./parent.js', import.meta.url))] : []
    const command = [process.execPath, ...parent, cli, 'run', engine, ...args]
    const script = `${before ?? ':'} && exec "$@" ${redirect}`
    const shell = redirect === '' ? [] : ['bash', '-c', script, 'bash']
    const namespace = before === undefined ? [] : ['unshare', '-rm']
    const words = [...namespace, ...shell, ...command]
    const [program, ...rest] = words as [string, ...string[]]
    // Node ends stdin when the child has ended, which is the parent here, so the engine's is another descriptor.
    const standard: StdioOptions =
      underParent === true ? ['ignore', 'pipe', 'pipe', 'pipe'] : 'pipe'
    this.child = spawn(program, rest, { cwd: root, stdio: options.stdio ?? standard })
    this.stdin = this.child.stdio[underParent === true ? 3 : 0] as Writable
    running.add(this.child)
    this.child.setMaxListeners(0)
    this.news.setMaxListeners(0)
    this.stdin.on('error', () => {}) // an engine that has ended reads no more
    if (options.unread?.includes('stdout') !== true) this.read('stdout')
    if (options.unread?.includes('stderr') !== true) this.read('stderr')
    this.closed = new Promise((resolve, reject) => {
      this.child.once('close', (code, signal) => {
        running.delete(this.child)
        const [stray] = this.strays
        if (stray === undefined) resolve({ code, signal })
        else reject(new Error(`This should not be there: ${stray}`))
      })
    })
    this.closed.catch(() => {}) // a test that fails earlier does not wait for it
  }

  /** How it ended, when its streams are closed too. */
  get exit(): Promise<Exit> {
    return this.within('exit', this.closed)
  }

  get pid(): number {
    return this.child.pid as number
  }

  /** @param pace - slowly is 64 KiB in ten milliseconds at best */
  read(name: 'stdout' | 'stderr', pace: 'at once' | 'slowly' = 'at once'): void {
    const stream = this.child[name]
    if (stream === null) return
    if (pace === 'slowly') {
      stream.on('data', () => {
        stream.pause()
        setTimeout(() => stream.resume(), 10)
      })
    }
    if (name === 'stderr') lines(stream, (line) => this.takeLog(line))
    else if (this.options.raw !== true) lines(stream, (line) => this.takeFrame(line))
    else {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.text += text
      })
    }
  }

  /** Sends requests, or notifications where there is no id. */
  send(...messages: readonly object[]): boolean {
    return this.stdin.write(messages.map(line).join(''))
  }

  end(): void {
    this.stdin.end()
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal)
  }

  reply(id: number | string | null): Promise<Frame> {
    return this.frame(`reply ${id}`, (frame) => frame.id === id && frame.method === undefined)
  }

  frame(name: string, matches: (frame: Frame) => boolean): Promise<Frame> {
    return this.found(name, this.frames, 'frame', matches)
  }

  /** A log record with this text. */
  record(msg: string): Promise<LogRecord> {
    return this.found(
      `log record "${msg}"`,
      this.records,
      'record',
      (record) => record['msg'] === msg,
    )
  }

  repliesTo(id: number | string | null): readonly Frame[] {
    return this.frames.filter((frame) => frame.id === id && frame.method === undefined)
  }

  private found<T>(
    name: string,
    sofar: readonly T[],
    event: string,
    matches: (item: T) => boolean,
  ): Promise<T> {
    const known = sofar.find(matches)
    if (known !== undefined) return Promise.resolve(known)
    const next = new Promise<T>((resolve, reject) => {
      const look = (item: T): void => {
        if (!matches(item)) return
        this.news.off(event, look)
        resolve(item)
      }
      this.news.on(event, look)
      this.child.once('close', (code, signal) => {
        reject(new Error(`${name} never came; ended with ${code ?? signal}\n${this.story()}`))
      })
    })
    return this.within(name, next)
  }

  private takeFrame(text: string): void {
    const frame = parsed(text) as Frame | undefined
    if (frame === undefined) this.strays.push(`on stdout: ${text.slice(0, 200)}`)
    else {
      this.frames.push(frame)
      this.news.emit('frame', frame)
    }
  }

  private takeLog(text: string): void {
    const record = parsed(text) as LogRecord | undefined
    if (record === undefined || typeof record['msg'] !== 'string') {
      if (this.options.textOnStderr !== true) this.strays.push(`on stderr: ${text.slice(0, 200)}`)
    } else {
      this.records.push(record)
      this.news.emit('record', record)
    }
  }

  private async within<T>(name: string, wanted: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`${name}: nothing within ${patienceMs} ms\n${this.story()}`))
      }, patienceMs)
    })
    try {
      return await Promise.race([wanted, late])
    } finally {
      clearTimeout(timer)
    }
  }

  private story(): string {
    const told = [...this.frames.slice(-3), ...this.records.slice(-5)].map((it) =>
      JSON.stringify(it),
    )
    return [...told, ...this.strays.slice(0, 3)].map((it) => it.slice(0, 500)).join('\n')
  }
}

export const line = (message: object): string =>
  `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`

const lines = (stream: Readable, take: (line: string) => void): void => {
  let rest: string[] = [] // joined once: a line may come in hundreds of parts
  stream.setEncoding('utf8')
  stream.on('data', (text: string) => {
    const [first, ...others] = text.split('\n') as [string, ...string[]]
    rest.push(first)
    for (const other of others) {
      take(rest.join(''))
      rest = [other]
    }
  })
  stream.on('end', () => {
    if (rest.join('') !== '') take(rest.join(''))
  })
}

const parsed = (text: string): unknown => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

/** Waits for what no event tells of, such as the state of another process. */
export const until = async (name: string, holds: () => boolean): Promise<void> => {
  const end = performance.now() + patienceMs
  while (!holds()) {
    if (performance.now() > end) throw new Error(`${name}: not within ${patienceMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
