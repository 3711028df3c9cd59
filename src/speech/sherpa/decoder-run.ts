/** One life of the process that decodes. It does one task at a time. */
import { type ChildProcess, fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { hintOf } from '../../host/engine-gone.js'
import { onAbort } from '../../ports/abort.js'
import type { ChildEnd } from '../../ports/child.js'
import type { LogFacts, Logger } from '../../ports/logger.js'
import { placeOf } from '../../protocol/meta.js'
import { type RpcError, rpcError } from '../../protocol/rpc-error.js'
import type { Caller } from '../backend.js'
import { decoderProgram } from './assets.js'
import { type Answer, markLine, type Order, type Task } from './decoder-messages.js'
import { decodeFailure, loadFailure } from './native-output.js'

/** How long a task that was cancelled may go on, in milliseconds. A chunk takes up to some seconds. */
const graceMs = 1000
/** Of what it printed last, lines: those that an error tells, and those that are judged. */
const tailLines = 20
const judgedLines = 200

interface Open {
  readonly task: Task
  readonly signal: AbortSignal
  /** By which what is printed meanwhile joins the trace of the caller. */
  readonly whose: LogFacts
  tell(value: object): void
  resolve(value: unknown): void
  reject(error: RpcError): void
  /** It goes on until this is seen: what it returns is not to be trusted. */
  failure?: RpcError
}

export class DecoderRun {
  hasEnded = false
  private readonly child: ChildProcess
  private readonly log: Logger
  private readonly onGone: (why: RpcError) => void
  private readonly end: Promise<void>
  /** Where its files are, made when there is one: what is killed cannot remove them. */
  private readonly folder = join(tmpdir(), `sidestream-audio-${randomUUID()}`)
  private isKilled = false
  private open: Open | undefined
  private marks = 0
  private tail: string[] = []
  /** Since the last mark. */
  private printed: string[] = []
  /** Between the last two marks. */
  private marked: readonly string[] = []
  /** It waits for what native code printed before it. */
  private answer: Exclude<Answer, { kind: 'progress' }> | undefined

  /** @param onGone - it was not killed, and no caller has gone before it; called before its task fails */
  constructor(log: Logger, onGone: (why: RpcError) => void) {
    this.log = log
    this.onGone = onGone
    this.child = fork(decoderProgram, [this.folder], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'advanced',
    })
    this.child.on('message', (answer: Answer) => this.take(answer))
    this.end = new Promise<ChildEnd>((resolve) => {
      this.child.on('error', ({ message }) => resolve({ how: 'not-started', reason: message }))
      this.child.on('close', (exitCode, signal) =>
        resolve(
          signal === null ? { how: 'exited', exitCode: exitCode ?? 0 } : { how: 'killed', signal },
        ),
      )
    }).then((how) => this.ended(how))
    eachLine(this.child.stdout, (line) => this.print(line))
    eachLine(this.child.stderr, (line) => {
      if (line === markLine) this.mark()
      else this.print(line)
    })
  }

  /** Settles when the process is free again, or has ended: it is killed when it goes on for a caller that has gone. */
  async order(task: Task, { signal, trace }: Caller, tell: Open['tell']): Promise<unknown> {
    const place = placeOf(trace.traceparent)
    const whose = place === undefined ? {} : { trace_id: place.traceId, span_id: place.spanId }
    const result = new Promise<unknown>((resolve, reject) => {
      this.open = { task, signal, whose, tell, resolve, reject }
    })
    this.send({ kind: 'run', task })
    let timer: NodeJS.Timeout | undefined
    const leave = onAbort(signal, () => {
      this.send({ kind: 'cancel' })
      timer = setTimeout(() => void this.kill(), graceMs)
    })
    try {
      return await result
    } finally {
      leave()
      clearTimeout(timer)
    }
  }

  /** Resolves when it has ended, and nothing of it is left. */
  async kill(): Promise<void> {
    this.isKilled = true
    this.child.kill('SIGKILL')
    await this.end
  }

  private send(order: Order): void {
    this.child.send(order, () => {}) // a process that is gone tells so by its end
  }

  private take(answer: Answer): void {
    if (answer.kind === 'progress') return this.open?.tell(answer.value)
    this.answer = answer
    this.settle()
  }

  private mark(): void {
    const { open } = this
    this.marks += 1
    this.marked = this.printed
    this.printed = []
    const failure = open?.task.method === 'load' ? undefined : decodeFailure(this.marked)
    if (failure !== undefined && open !== undefined) {
      open.failure ??= failure
      this.send({ kind: 'cancel' })
    }
    this.settle()
  }

  private settle(): void {
    const { open, answer } = this
    if (open === undefined || answer === undefined || this.marks < answer.marks) return
    this.open = undefined
    this.answer = undefined
    if (open.failure !== undefined) open.reject(open.failure)
    else if (answer.kind === 'result') open.resolve(answer.value)
    else {
      const { kind, message, facts } = answer.error
      open.reject(explained(rpcError(kind, message, facts), open.task, this.marked))
    }
  }

  private print(line: string): void {
    if (line.trim() === '') return
    this.log.debug({ line, ...this.open?.whose }, 'sherpa-onnx printed')
    this.printed = [...this.printed, line].slice(-judgedLines)
    this.tail = [...this.tail, line].slice(-tailLines)
  }

  private async ended(end: ChildEnd): Promise<void> {
    const { open, folder } = this
    const why = gone(end, this.tail)
    this.hasEnded = true
    if (!this.isKilled && open?.signal.aborted !== true) this.onGone(why)
    open?.reject(open.failure ?? explained(why, open.task, this.printed))
    await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch((err) =>
      this.log.warn({ err, folder }, 'Audio could not be removed'),
    )
  }
}

/** Of a model that it cannot read, native code says why on stderr alone, or ends the process. */
const explained = (error: RpcError, task: Task, lines: readonly string[]): RpcError => {
  if (task.method !== 'load') return error
  const isRefused = error.kind === 'ModelLoadFailed' && lines.length > 0
  const hasEnded = error.kind === 'EngineGone' && error.facts['signal'] !== 'SIGKILL'
  return isRefused || hasEnded ? loadFailure(task.params.path, lines, error.message) : error
}

const gone = (end: ChildEnd, tail: readonly string[]): RpcError => {
  const { how: _, ...facts } = end
  const hint = hintOf(end, tail)
  const sentence =
    end.how === 'exited'
      ? `ended with exit code ${end.exitCode}`
      : end.how === 'killed'
        ? `was killed by ${end.signal}`
        : `could not be started: ${end.reason}`
  return rpcError(
    'EngineGone',
    `The process that decodes ${sentence}${hint === undefined ? '' : `: ${hint}`}. The next call starts a new one.`,
    { ...facts, stderrTail: tail.join('\n'), ...(hint !== undefined && { hint }) },
  )
}

const eachLine = (stream: Readable | null, take: (line: string) => void): void => {
  let rest = ''
  stream?.setEncoding('utf8')
  stream?.on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = (lines.pop() ?? '').slice(-10_000)
    for (const line of lines) take(line)
  })
  stream?.on('end', () => {
    if (rest !== '') take(rest)
  })
}
