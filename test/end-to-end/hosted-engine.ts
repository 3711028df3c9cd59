/** An engine as our own host runs it: with a socket for frames and one for heartbeats. */
import { type ChildProcess, spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { fstatSync, mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { cli, type Exit, type Frame, type LogRecord, line, root } from './engine-process.js'

/** A line that the watching thread writes. */
export interface Beat {
  readonly blockedMs?: number
  readonly report?: { readonly blockedMs: number; readonly stack?: readonly string[] }
}

export interface SocketPair {
  readonly ours: Socket
  /** To be destroyed when the engine has got it. */
  readonly theirs: Socket
  /** Of their end, in this process. */
  readonly fd: number
  /** How their end is announced to a process where it has this number. */
  readonly name: (fd: number) => string
}

/** Two ends that are connected. Node has no socketpair of its own. */
export const socketPair = async (): Promise<SocketPair> => {
  const folder = mkdtempSync(join(tmpdir(), 'sidestream-channel-'))
  const server = createServer().listen(join(folder, 'socket'))
  await once(server, 'listening')
  const theirs = connect(join(folder, 'socket'))
  theirs.pause()
  const [[ours]] = (await Promise.all([once(server, 'connection'), once(theirs, 'connect')])) as [
    [Socket],
    unknown,
  ]
  server.close()
  rmSync(folder, { recursive: true })
  const { fd } = (theirs as unknown as { readonly _handle: { readonly fd: number } })._handle
  const { dev, ino } = fstatSync(fd)
  return { ours, theirs, fd, name: (number) => `${number}:${dev}:${ino}` }
}

/** Longest wait for anything, in milliseconds. It only decides how long a failure takes. */
const patienceMs = 20_000

/** JSON objects that come by a stream, one a line. */
export class Told<T> {
  readonly all: T[] = []
  private readonly news = new EventEmitter()
  private readonly name: string
  /** Why nothing more comes. */
  private end: string | undefined

  constructor(name: string, stream: Readable) {
    this.name = name
    const end = (why: string): void => {
      this.end ??= why
      this.news.emit('news')
    }
    const lines = createInterface({ input: stream })
    stream.on('error', ({ message }) => end(message))
    lines.on('error', ({ message }) => end(message))
    lines.on('close', () => end('it closed'))
    lines.on('line', (text) => {
      try {
        this.all.push(JSON.parse(text))
        this.news.emit('news')
      } catch {
        end(`no JSON: ${text.slice(0, 200)}`)
      }
    })
  }

  /** @param from - how many of all are passed over */
  async find(matches: (item: T) => boolean, from = 0): Promise<T> {
    let end: string | undefined
    const timer = setTimeout(() => {
      end = `nothing within ${patienceMs} ms`
      this.news.emit('news')
    }, patienceMs)
    try {
      for (;;) {
        const found = this.all.slice(from).find(matches)
        if (found !== undefined) return found
        end ??= this.end
        if (end !== undefined) throw new Error(`${this.name}: ${matches}\n${end}\n${this.story()}`)
        await once(this.news, 'news')
      }
    } finally {
      clearTimeout(timer)
    }
  }

  private story(): string {
    return this.all
      .slice(-5)
      .map((it) => JSON.stringify(it).slice(0, 500))
      .join('\n')
  }
}

interface HostOptions {
  /** Given to `run` behind the engine. */
  readonly args?: readonly string[]
  /** A command between host and engine, to which the engine's is appended. */
  readonly wrapper?: readonly string[]
  /** What is announced, if not the truth. */
  readonly announce?: (name: string) => string
  readonly beat?: 'announced' | 'unannounced'
}

const running = new Set<HostedEngine>()

/** Ends what a test that failed left running. */
export const endAllHosted = (): void => {
  for (const engine of running) engine.destroy()
  running.clear()
}

export class HostedEngine {
  readonly frames: Told<Frame>
  readonly beats: Told<Beat>
  readonly records: Told<LogRecord>
  /** What is on stdout and stderr. */
  stdout = ''
  stderr = ''
  readonly channel: Socket
  readonly beat: Socket
  private readonly child: ChildProcess
  private readonly closed: Promise<unknown[]>

  static async start(engine: string, options: HostOptions = {}): Promise<HostedEngine> {
    return new HostedEngine(engine, options, await socketPair(), await socketPair())
  }

  private constructor(engine: string, options: HostOptions, channel: SocketPair, beat: SocketPair) {
    const { args = [], wrapper = [], announce = (name) => name } = options
    const command = [...wrapper, process.execPath, cli, 'run', engine, ...args]
    const [program, ...rest] = command as [string, ...string[]]
    this.child = spawn(program, rest, {
      cwd: root,
      stdio: ['pipe', 'pipe', 'pipe', channel.theirs, beat.theirs],
      env: {
        ...process.env,
        SIDESTREAM_CHANNEL: announce(channel.name(3)),
        ...(options.beat !== 'unannounced' && { SIDESTREAM_BEAT: announce(beat.name(4)) }),
      },
    })
    channel.theirs.destroy()
    beat.theirs.destroy()
    running.add(this)
    this.channel = channel.ours
    this.beat = beat.ours
    this.frames = new Told('channel', this.channel)
    this.beats = new Told('beat', this.beat)
    this.records = new Told('stderr', this.child.stderr as Readable)
    this.child.stderr?.on('data', (text) => {
      this.stderr += text
    })
    this.child.stdout?.on('data', (text) => {
      this.stdout += text
    })
    this.child.stdin?.on('error', () => {}) // an engine that has ended reads no more
    this.closed = once(this.child, 'close')
  }

  /** How it ended, when its streams are closed too. What takes too long is killed, which the test will see. */
  get exit(): Promise<Exit> {
    const timer = setTimeout(() => this.destroy(), patienceMs)
    return this.closed.then(([code, signal]) => {
      clearTimeout(timer)
      return { code, signal } as Exit
    })
  }

  /** Sends requests, or notifications where there is no id. */
  send(...messages: readonly object[]): void {
    this.child.stdin?.write(messages.map(line).join(''))
  }

  end(): void {
    this.child.stdin?.end()
  }

  reply(id: number): Promise<Frame> {
    return this.frames.find((frame) => frame.id === id && frame.method === undefined)
  }

  /** Waits until the watching thread is there. */
  async firstBeat(): Promise<void> {
    await this.beats.find(({ blockedMs }) => blockedMs === 0)
  }

  /** Asks for a report, and waits for it. */
  async report(): Promise<Beat['report'] & object> {
    const from = this.beats.all.length
    this.beat.write('report\n')
    const { report = { blockedMs: -1 } } = await this.beats.find((beat) => 'report' in beat, from)
    return report
  }

  /** What the engine hears when its host has been killed, but for its parent's end and that of its input. */
  leave(): number {
    this.channel.destroy()
    this.beat.destroy()
    return performance.now()
  }

  destroy(): void {
    this.child.kill('SIGKILL')
    for (const stream of [...this.child.stdio, this.channel, this.beat]) stream?.destroy()
  }
}
