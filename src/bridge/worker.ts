/** One life of a bridge's child process. */
import type { RequestOptions } from '../../pipelines/call-runtime.js'
import { isAnswer } from '../engine/peer.js'
import type { Client } from '../host/client.js'
import { welcome } from '../host/welcome.js'
import type { Child, Command, Spawn } from '../ports/child.js'
import type { Clock } from '../ports/clock.js'
import type { Logger } from '../ports/logger.js'
import { reservedPrefixOf } from '../protocol/reserved-names.js'
import { isRpcError, type RpcError } from '../protocol/rpc-error.js'
import { childGone } from './gone.js'

export interface WorkerOptions {
  /** Counts the starts. */
  readonly number: number
  readonly command: () => Command | RpcError | Promise<Command | RpcError>
  readonly log: Logger
  readonly graceMs: number
  readonly startupMs: number
  readonly clock: Clock
  readonly spawn: Spawn
  /** It has ended, and nobody had asked for that. */
  readonly onGone: (why: RpcError) => void
}

/** As `sidestream_bridge` has it: queues behind all jobs. Any answer tells that the child is free. */
const idleMethod = 'bridge.idle'
const largest = 64 * 2 ** 20 // for recordings as base64; the same on the other side
const limits = { messageBytes: largest, bufferBytes: largest }

const letGo = 'The child process was ended: it did not let go of a call that was cancelled, or late'

export class Worker {
  readonly number: number
  /** Rejects with an RpcError that says why it could not be started. */
  readonly ready: Promise<Client>
  /** Resolves when no job runs that nobody waits for: it has ended, or the child has. Never rejects. */
  free: Promise<void> = Promise.resolve()
  hasEnded = false
  private readonly options: WorkerOptions
  private child: Child | undefined
  private client: Client | undefined
  private wish: 'run' | 'end' | 'kill' = 'run'
  /** Why the bridge has killed it. */
  private why: string | undefined
  /** Jobs in the order in which the child does them. */
  private readonly jobs: object[] = []

  constructor(options: WorkerOptions) {
    this.options = options
    this.number = options.number
    this.ready = this.start()
    this.ready.catch(() => {}) // who waits for it hears of it
  }

  get pid(): number | undefined {
    return this.client?.pid
  }

  async request(method: string, params: object, options: RequestOptions): Promise<unknown> {
    const client = await this.ready
    const job = {}
    const isJob = reservedPrefixOf(method) === undefined
    if (isJob) this.jobs.push(job)
    try {
      return await client.request(method, params, options)
    } catch (error) {
      if (!isRpcError(error)) throw error
      // A call that still waits in the child never starts: only the first one may go on.
      if (isAbandoned(error) && this.jobs[0] === job) this.free = this.becomeFree(client)
      throw isAnswer(error) || error.kind !== 'EngineGone' ? error : childGone(error, this.why)
    } finally {
      if (isJob) this.jobs.splice(this.jobs.indexOf(job), 1)
    }
  }

  async end(hard: boolean): Promise<void> {
    const { client } = this
    const isStarting = client === undefined // it has nothing to finish
    this.wish = hard || isStarting ? 'kill' : 'end'
    if (isStarting) {
      this.child?.kill('SIGKILL')
      await this.ready.catch(() => {})
    }
    await (hard ? client?.kill() : client?.close())
  }

  private async start(): Promise<Client> {
    const { command, clock, log, startupMs, spawn } = this.options
    const what = await command()
    if (isRpcError(what)) throw this.failed(what)
    this.child = await spawn(what)
    if (this.wish === 'kill') this.child.kill('SIGKILL')
    try {
      const client = await welcome(this.child, clock, { log, startupMs, limits })
      this.client = client
      void client.ended.then(() => this.ended(client))
      return client
    } catch (error) {
      throw this.failed(isRpcError(error) ? childGone(error, undefined) : error)
    }
  }

  private failed(error: unknown): unknown {
    this.hasEnded = true
    return error
  }

  private async ended(client: Client): Promise<void> {
    this.hasEnded = true
    if (this.wish !== 'run') return
    const error = await client.request('engine.describe').catch((gone) => gone) // fails, and tells why
    this.options.onGone(childGone(error as RpcError, this.why))
  }

  private async becomeFree(client: Client): Promise<void> {
    const { graceMs, log } = this.options
    try {
      await client.request(idleMethod, {}, { deadlineMs: graceMs })
    } catch (error) {
      // That it is late the child may say itself. Another answer is that of one without this method.
      const isLate = isRpcError(error) && error.kind === 'DeadlineExceeded'
      if (!isLate || this.hasEnded || this.wish !== 'run') return
      this.why = letGo
      log.warn({ pid: client.pid, graceMs }, letGo)
      client.signal('SIGKILL')
      await client.ended
    }
  }
}

const isAbandoned = ({ kind }: RpcError): boolean =>
  kind === 'RequestCancelled' || kind === 'DeadlineExceeded'
