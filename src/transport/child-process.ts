/** Starts a process with three pipes, and on Linux and macOS with two sockets for engines of ours. */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, openSync } from 'node:fs'
import type { Socket } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import { EMPTY, fromEvent, NEVER, type Observable, Subject, takeUntil } from 'rxjs'
import type { Child, ChildEnd, Command, KillSignal, Spawn, WatchLine } from '../ports/child.js'
import type { Transport } from '../ports/transport.js'
import { checkFile, findCommand } from './checksum.js'
import { childEnvironment } from './environment.js'
import { type SocketPair, socketPair } from './socket-pair.js'
import { streamTransport } from './stdio.js'

/** What a child wrote last is read so long, when a process that it has left behind keeps the pipes open, in milliseconds. */
const lastWordsMs = 250

export const startChild: Spawn = async (command) => {
  const pairs: SocketPair[] = []
  try {
    const environment = childEnvironment(command)
    const file = await checked(command, environment)
    if (file.refusal !== undefined) return neverStarted(notStarted(file.refusal))
    const [channel, beat] = await Promise.all([socketPair(), socketPair()])
    pairs.push(...[channel, beat].filter((pair) => pair !== undefined))
    return running(command, file.path, environment, channel, beat)
  } catch (error) {
    for (const { ours } of pairs) ours.destroy()
    return neverStarted(refused(error as NodeJS.ErrnoException, command))
  } finally {
    for (const { theirs } of pairs) theirs.destroy() // the child has a descriptor of its own
  }
}

/** What was looked at is what is started: a search of its own might find another file. */
const checked = async (
  { command, cwd, sha256 }: Command,
  environment: Readonly<Record<string, string>>,
): Promise<{ readonly path: string; readonly refusal?: string | undefined }> => {
  if (sha256 === undefined) return { path: command }
  const path = findCommand(command, environment, cwd)
  if (path === undefined) return { path: command, refusal: `there is no command ${command}` }
  return { path, refusal: await checkFile(path, sha256) }
}

type Piped = ChildProcess & { stdin: Writable; stdout: Readable; stderr: Readable }

const running = (
  options: Command,
  file: string,
  environment: Readonly<Record<string, string>>,
  channel: SocketPair | undefined,
  beat: SocketPair | undefined,
): Child => {
  const { command, args = [], cwd } = options
  needDescriptors()
  const child = spawn(file, args, {
    argv0: command,
    cwd,
    env: {
      ...environment,
      ...(channel && { SIDESTREAM_CHANNEL: `3:${channel.name}` }),
      ...(beat && { SIDESTREAM_BEAT: `4:${beat.name}` }),
    },
    stdio: ['pipe', 'pipe', 'pipe', channel?.theirs ?? 'ignore', beat?.theirs ?? 'ignore'],
    // A group of its own: Ctrl-C is the host's to pass on, and the group can be killed as a whole.
    detached: process.platform !== 'win32',
    windowsHide: true,
  }) as Piped
  const sockets = [channel?.ours, beat?.ours].filter((socket) => socket !== undefined)
  if (child.stdout === undefined) {
    // There were no descriptors for its pipes. Node tells that later.
    for (const socket of sockets) socket.destroy()
    const failed = new Promise<NodeJS.ErrnoException>((resolve) => child.once('error', resolve))
    return neverStarted(failed.then((error) => refused(error, options)))
  }
  beat?.ours.resume() // its end is waited for, whether or not anybody listens to what comes
  const gone$ = new Subject<void>()
  const ended = new Promise<ChildEnd>((resolve) => {
    const tell = (end: ChildEnd): void => {
      for (const stream of [child.stdin, child.stdout, child.stderr, ...sockets]) stream.destroy()
      gone$.next()
      resolve(end)
    }
    child.on('error', (error) => {
      if (child.pid === undefined) tell(refused(error, options))
    })
    child.once('exit', (exitCode, signal) => {
      killGroup(child.pid as number, 'SIGKILL') // what it has left behind
      const end = (): void => {
        clearTimeout(timer)
        tell(
          signal === null ? { how: 'exited', exitCode: exitCode ?? 0 } : { how: 'killed', signal },
        )
      }
      const timer = setTimeout(end, lastWordsMs)
      void Promise.all([
        new Promise((closed) => child.once('close', closed)),
        ...sockets.map((socket) => socket.closed || new Promise((it) => socket.once('close', it))),
      ]).then(end)
    })
  })
  return {
    pid: child.pid,
    transport: streamTransport(child.stdout, child.stdin),
    channel$: chunks(channel?.ours, gone$),
    watchLine: watchLine(beat?.ours, gone$),
    stderr$: chunks(child.stderr, gone$),
    ended,
    kill: (signal) => kill(child, signal),
  }
}

/** Three pairs of sockets, and what tells whether the program could be run. */
const descriptors = 8

/** Throws where there are too few descriptors for a child: Node would keep open those that it did get. */
const needDescriptors = (): void => {
  if (process.platform === 'win32') return
  const open: number[] = []
  try {
    while (open.length < descriptors) open.push(openSync('/', 'r'))
  } finally {
    for (const descriptor of open) closeSync(descriptor)
  }
}

/** What is read until the child has gone; errors are left out, its end tells as much. */
const chunks = (stream: Readable | undefined, gone$: Observable<void>): Observable<Uint8Array> => {
  if (stream === undefined) return EMPTY
  stream.on('error', () => {})
  const end$ = fromEvent(stream, 'close')
  return fromEvent(stream, 'data', (chunk: Uint8Array) => chunk).pipe(
    takeUntil(end$),
    takeUntil(gone$),
  )
}

const watchLine = (socket: Socket | undefined, gone$: Observable<void>): WatchLine => ({
  input$: chunks(socket, gone$),
  write: (text) => void socket?.write(text),
})

/** By its pid only while it has not been reaped: later, another process may have that pid. */
const kill = (child: Piped, signal: KillSignal): void => {
  const { pid, exitCode, signalCode } = child
  if (pid === undefined || exitCode !== null || signalCode !== null) return
  if (signal !== 'SIGTERM' && process.platform !== 'win32') killGroup(pid, signal)
  else child.kill(signal)
}

/** A group keeps its number for as long as anybody is in it. */
const killGroup = (pid: number, signal: KillSignal): void => {
  if (process.platform === 'win32') return
  try {
    process.kill(-pid, signal)
  } catch {} // nobody is left
}

/** What may be there a moment later: descriptors, processes, memory. */
const transientCodes: ReadonlySet<unknown> = new Set(['EMFILE', 'ENFILE', 'EAGAIN', 'ENOMEM'])

const refused = (error: NodeJS.ErrnoException, command: Command): ChildEnd => ({
  ...notStarted(whyNotStarted(error, command)),
  ...(transientCodes.has(error.code) && { isTransient: true }),
})

const whyNotStarted = (
  { code, message }: NodeJS.ErrnoException,
  { command, cwd }: Command,
): string => {
  if (cwd !== undefined && !existsSync(cwd)) return `there is no directory ${cwd} to start it in`
  switch (code) {
    case 'ENOENT':
      return `there is no command ${command}`
    case 'EACCES':
      return `${command} may not be executed: it is no program, or permission is missing`
    case 'EMFILE':
    case 'ENFILE':
      return `too many files are open to start ${command}`
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
  taken: 0,
  bytesWritten: 0,
  handedOver: 0,
  pause: () => {},
  resume: () => {},
  end: () => Promise.resolve(),
}

const notStarted = (reason: string) => ({ how: 'not-started', reason }) as const

const neverStarted = (end: ChildEnd | Promise<ChildEnd>): Child => ({
  pid: undefined,
  transport: silence,
  channel$: EMPTY,
  watchLine: { input$: EMPTY, write: () => {} },
  stderr$: EMPTY,
  ended: Promise.resolve(end),
  kill: () => {},
})
