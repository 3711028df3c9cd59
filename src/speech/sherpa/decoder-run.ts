/** One life of the process that decodes. */
import { type ChildProcess, fork } from 'node:child_process'
import type { Readable } from 'node:stream'
import { hintOf } from '../../host/engine-gone.js'
import type { ChildEnd } from '../../ports/child.js'
import type { Logger } from '../../ports/logger.js'
import { type RpcError, rpcError } from '../../protocol/rpc-error.js'
import { decoderProgram } from './assets.js'
import { type Answer, markLine, type Order } from './decoder-messages.js'

type Run = Extract<Order, { kind: 'run' }>

export interface OrderedJob extends Pick<Run, 'method' | 'params'> {
  tell(value: object): void
  /** Of the lines that one native call has printed: why it failed, if it did. */
  judge(lines: readonly string[]): RpcError | undefined
  /** The job's own error, with what was printed meanwhile. */
  refused(error: RpcError, lines: readonly string[]): RpcError
  gone(error: RpcError, lines: readonly string[]): RpcError
}

export interface DecoderRun {
  readonly hasEnded: boolean
  readonly pid: number | undefined
  order(job: OrderedJob): { readonly result: Promise<unknown>; cancel(): void }
  /** Resolves when no job runs. */
  readonly free: Promise<void>
  kill(): void
}

/** Of what it printed last, lines: those that an error tells, and those that are judged. */
const tailLines = 20
const judgedLines = 200

export const startDecoder = (log: Logger): DecoderRun => new RealDecoderRun(log)

interface Open extends OrderedJob {
  readonly id: number
  resolve(value: unknown): void
  reject(error: RpcError): void
}

class RealDecoderRun implements DecoderRun {
  hasEnded = false
  free: Promise<void> = Promise.resolve()
  private readonly child: ChildProcess
  private readonly log: Logger
  private open: Open | undefined
  private freed: () => void = () => {}
  private ids = 0
  private marks = 0
  private tail: string[] = []
  /** Since the last mark. */
  private printed: string[] = []
  /** Between the last two marks. */
  private marked: readonly string[] = []
  /** It waits for what native code printed before it. */
  private answer: Exclude<Answer, { kind: 'progress' }> | undefined

  constructor(log: Logger) {
    this.log = log
    this.child = fork(decoderProgram, [], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'advanced',
    })
    this.child.on('message', (answer: Answer) => this.take(answer))
    this.child.on('error', (error) => this.ended({ how: 'not-started', reason: error.message }))
    this.child.on('close', (exitCode, signal) =>
      this.ended(
        signal === null ? { how: 'exited', exitCode: exitCode ?? 0 } : { how: 'killed', signal },
      ),
    )
    eachLine(this.child.stdout, (line) => this.print(line))
    eachLine(this.child.stderr, (line) => {
      if (line === markLine) this.mark()
      else this.print(line)
    })
  }

  get pid(): number | undefined {
    return this.child.pid
  }

  order(job: OrderedJob): { readonly result: Promise<unknown>; cancel(): void } {
    this.ids += 1
    const id = this.ids
    this.free = new Promise((resolve) => {
      this.freed = resolve
    })
    const result = new Promise<unknown>((resolve, reject) => {
      this.open = { ...job, id, resolve, reject }
    })
    this.send({ kind: 'run', id, method: job.method, params: job.params })
    return { result, cancel: () => this.send({ kind: 'cancel', id }) }
  }

  kill(): void {
    this.child.kill('SIGKILL')
  }

  private send(order: Order): void {
    this.child.send(order, () => {}) // a process that is gone tells so by its end
  }

  private take(answer: Answer): void {
    if (answer.id !== this.open?.id) return
    if (answer.kind === 'progress') return this.open.tell(answer.value)
    this.answer = answer
    this.settle()
  }

  private mark(): void {
    this.marks += 1
    this.marked = this.printed
    this.printed = []
    const failure = this.open?.judge(this.marked)
    // The job goes on until it is seen: what it returns is not to be trusted.
    if (failure !== undefined && this.open !== undefined) {
      this.open.reject(failure)
      this.send({ kind: 'cancel', id: this.open.id })
    }
    this.settle()
  }

  private settle(): void {
    const { open, answer } = this
    if (open === undefined || answer === undefined || this.marks < answer.marks) return
    this.open = undefined
    this.answer = undefined
    if (answer.kind === 'result') open.resolve(answer.value)
    else {
      const { kind, message, facts } = answer.error
      open.reject(open.refused(rpcError(kind, message, facts), this.marked))
    }
    this.freed()
  }

  private print(line: string): void {
    if (line.trim() === '') return
    this.log.debug({ line }, 'sherpa-onnx printed')
    this.printed = [...this.printed, line].slice(-judgedLines)
    this.tail = [...this.tail, line].slice(-tailLines)
  }

  private ended(end: ChildEnd): void {
    if (this.hasEnded) return
    this.hasEnded = true
    const { open } = this
    this.open = undefined
    open?.reject(open.gone(gone(end, this.tail), this.printed))
    this.freed()
  }
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
