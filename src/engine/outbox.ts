/** The way out: outcomes become frames. Here a call is answered, once. */
import { isLeft, isRight, left } from 'fp-ts/lib/Either.js'
import type { Batch, Call, Outcome } from '../../pipelines/call.js'
import type { Ledger } from '../../pipelines/ledger.js'
import { type ErrorSettings, toldDefect, toldError } from '../../pipelines/map-errors.js'
import type { Logger } from '../ports/logger.js'
import type { Transport } from '../ports/transport.js'
import { errorReply, isLonger, notificationText, resultReply } from '../protocol/encode.js'
import { type Framing, frame } from '../protocol/frame.js'
import type { Limits } from '../protocol/limits.js'
import { tokenOf } from '../protocol/meta.js'
import { idText, type RequestId } from '../protocol/request-id.js'
import { internalError, overloaded, type RpcError } from '../protocol/rpc-error.js'
import { wireCode } from '../protocol/wire-error.js'
import { timesOf } from './call-times.js'
import type { EngineRuntime } from './runtime.js'

type Result = (Outcome & { kind: 'reply' })['result']

export interface OutboxCounts {
  answered: number
  failed: number
  droppedNotifications: number
}

export class Outbox {
  readonly counts: OutboxCounts = { answered: 0, failed: 0, droppedNotifications: 0 }
  private readonly transport: Transport
  private readonly runtime: Pick<EngineRuntime, 'callLog'>
  private readonly ledger: Ledger
  private readonly log: Logger
  private readonly limits: Limits
  private framing: Framing | undefined
  /** Written before the peer's framing was known. */
  private early: string[] = []
  private earlyLength = 0
  /** Notifications dropped since the peer has read too little for another one. */
  private missed = 0
  /** The latest progress of each call, while the peer reads too slowly for all of it. */
  private readonly lateProgress = new Map<Call, unknown>()
  private readonly errors: () => ErrorSettings | undefined
  private onFirstReply: (() => void) | undefined

  /** @param errors - how callers are told of defects found only here */
  constructor(
    transport: Transport,
    runtime: Pick<EngineRuntime, 'ledger' | 'log' | 'callLog'>,
    limits: Limits,
    errors: () => ErrorSettings | undefined,
    onFirstReply?: () => void,
  ) {
    this.transport = transport
    this.runtime = runtime
    this.ledger = runtime.ledger
    this.log = runtime.log
    this.limits = limits
    this.errors = errors
    this.onFirstReply = onFirstReply
  }

  /** Nothing is written before this is known. */
  useFraming(framing: Framing): void {
    if (this.framing !== undefined) return
    this.framing = framing
    for (const text of this.early) this.write(text)
    this.early = []
    this.earlyLength = 0
  }

  send(outcome: Outcome): void {
    const { call } = outcome
    if (call.isAnswered) return
    if (outcome.kind === 'progress') this.sendProgress(call, outcome.value)
    else {
      if (this.lateProgress.size > 0) this.sendLateProgress(call)
      this.answer(call, outcome.result)
    }
  }

  /** Answers a call that has no result, or whose reply a stage lost or keeps for too long. */
  sendInstead(call: Call, error: RpcError): void {
    if (!call.isAnswered) this.answer(call, left(error))
  }

  /** An error that belongs to no call. */
  refuse(error: RpcError, id: RequestId = null, batch?: Batch): void {
    this.counts.failed += 1
    this.reply(errorReply(id, error, this.limits.replyBytes), batch)
  }

  /**
   * Sends a notification, or drops it when too much has not been read.
   *
   * @throws RangeError when it is larger than a message may be
   */
  notify(method: string, params: unknown): void {
    if (this.isFull) return this.drop(method)
    if (this.missed > 0) this.goOn()
    this.tell(notificationText(method, params))
  }

  /**
   * Sends a request.
   *
   * @throws an RpcError, Overloaded, when too much has not been read; RangeError when it is larger than a message may be
   */
  ask(text: string): void {
    if (this.isFull) throw this.unread()
    this.tell(text)
  }

  write(text: string): void {
    if (this.framing !== undefined) this.transport.write(frame(text, this.framing))
    else {
      this.early.push(text)
      this.earlyLength += text.length
    }
  }

  /** The peer reads again. */
  drained(): void {
    for (const call of [...this.lateProgress.keys()]) {
      if (this.isSlow) return
      this.sendLateProgress(call)
    }
  }

  get isSlow(): boolean {
    return this.transport.unwritten > this.limits.bufferBytes
  }

  /** What nobody asked for is not kept beyond this. */
  private get isFull(): boolean {
    return this.transport.unwritten + this.earlyLength > this.limits.replyBytes
  }

  private unread(): RpcError {
    return overloaded(`${this.limits.replyBytes} bytes of output wait to be read`)
  }

  private drop(method: string): void {
    this.counts.droppedNotifications += 1
    this.missed += 1
    if (this.missed === 1) this.log.warn({ method }, 'Notifications are dropped: nobody reads them')
  }

  private goOn(): void {
    const dropped = this.missed
    this.missed = 0 // first: the log may be told to the peer, too
    this.log.info({ dropped }, 'Notifications are sent again')
  }

  /** @throws RangeError when it is larger than a message may be */
  private tell(text: string): void {
    const { replyBytes } = this.limits
    if (isLonger(text, replyBytes)) {
      throw new RangeError(`The message is larger than ${replyBytes} bytes`)
    }
    this.write(text)
  }

  private answer(call: Call, given: Result): void {
    const result = isSound(given) ? given : left(this.spoiled(call))
    call.isAnswered = true
    this.ledger.close(call)
    if (isLeft(result)) this.counts.failed += 1
    else this.counts.answered += 1
    const { id, batch } = call
    if (id === undefined) {
      if (isLeft(result)) logUnheard(call, result.left)
      this.ended(call, isLeft(result) ? result.left : undefined, undefined)
      return
    }
    const sent = isRight(result) ? this.resultText(call, id, result.right) : result.left
    const isResult = typeof sent === 'string'
    const text = isResult ? sent : errorReply(id, sent, this.limits.replyBytes)
    this.reply(text, batch)
    this.ended(call, isResult ? undefined : sent, text)
  }

  /** @param reply - its text; undefined for a notification */
  private ended(call: Call, error: RpcError | undefined, reply: string | undefined): void {
    this.runtime.callLog?.(call, error, reply)
    call.span?.end(error && { ...error, code: wireCode(error) }, timesOf(call))
  }

  /** What is sent of a result, or the error that is sent in its place. */
  private resultText(call: Call, id: RequestId, result: unknown): string | RpcError {
    try {
      const text = resultReply(id, result)
      if (this.isTooLarge(text, call.batch)) {
        throw new RangeError(`The result is larger than ${this.limits.replyBytes} bytes`)
      }
      return text
    } catch (cause) {
      this.counts.answered -= 1
      this.counts.failed += 1
      return this.unsendable(cause, call)
    }
  }

  /** What the caller is told of a result that cannot be printed, or is too large. */
  private unsendable(cause: unknown, call: Call): RpcError {
    try {
      return toldError(internalError(cause), call, this.errors())
    } catch (err) {
      call.log.error({ err }, 'errors.map failed')
      return toldDefect(cause, call, this.errors())
    }
  }

  private spoiled(call: Call): RpcError {
    const reason = 'A reply stage must leave an Either in `result`, left with an RpcError'
    return toldDefect(new TypeError(reason), call, this.errors())
  }

  private reply(text: string, batch: Batch | undefined): void {
    if (batch !== undefined) {
      batch.replies.push(text)
      batch.length += text.length
      this.memberDone(batch)
      return
    }
    this.write(text)
    if (this.onFirstReply !== undefined) {
      this.onFirstReply()
      this.onFirstReply = undefined
    }
  }

  /** One member of a batch has been dealt with; after the last, all are answered together. */
  memberDone(batch: Batch): void {
    batch.open -= 1
    if (batch.open > 0) return
    batch.onAnswer?.()
    if (batch.replies.length > 0) this.reply(`[${batch.replies.join(',')}]`, undefined)
  }

  /** All replies of a batch leave as one message. Its bytes are counted only where lengths leave a doubt, as in `isLonger`. */
  private isTooLarge(text: string, batch: Batch | undefined): boolean {
    const { replyBytes } = this.limits
    if (batch === undefined) return isLonger(text, replyBytes)
    if ((batch.length + text.length) * 3 <= replyBytes) return false
    for (; batch.counted < batch.replies.length; batch.counted += 1) {
      batch.bytes += Buffer.byteLength(batch.replies[batch.counted] ?? '')
    }
    return batch.bytes + Buffer.byteLength(text) > replyBytes
  }

  /** Parts of a result are never left out, as the caller puts them together: where nobody reads them, the call ends. */
  private sendProgress(call: Call, value: unknown): void {
    if (this.isSlow && call.spec?.isPartial !== true) {
      this.lateProgress.set(call, value)
      return
    }
    if (this.isFull) {
      call.settle(left(this.unread()))
      return
    }
    if (this.lateProgress.size > 0) this.lateProgress.delete(call)
    this.writeProgress(call, value)
  }

  private writeProgress(call: Call, value: unknown): void {
    const token = tokenOf(call.meta) ?? call.id
    if (token === undefined || token === null) return
    const encoded = call.spec?.encodeProgress(value)
    if (encoded !== undefined && isLeft(encoded)) {
      const [problem] = encoded.left.problems
      call.log.warn({ problem }, 'Progress that does not fit its codec is not sent')
      return
    }
    try {
      this.tell(progressText(token, encoded === undefined ? value : encoded.right, call))
    } catch (err) {
      call.log.warn({ err }, 'Progress that cannot be printed, or is too large, is not sent')
    }
  }

  private sendLateProgress(call: Call): void {
    if (!this.lateProgress.has(call)) return
    const value = this.lateProgress.get(call)
    this.lateProgress.delete(call)
    if (!call.isAnswered) this.writeProgress(call, value)
  }
}

/** Reply stages are anybody's, and not all are checked by a compiler. */
const isSound = (result: Result | undefined): boolean => {
  if (result?._tag === 'Right') return true
  return result?._tag === 'Left' && typeof result.left === 'object' && result.left !== null
}

/** A notification has no reply that could tell. */
const logUnheard = ({ runtime, method }: Call, { kind, message, facts }: RpcError): void =>
  runtime.log.debug({ method, kind, ...facts }, `A notification came to nothing: ${message}`)

/** The token as text, since the id that stands for it may be a number beyond JavaScript's. */
const progressText = (token: Exclude<RequestId, null>, value: unknown, call: Call): string => {
  const partial = call.spec?.isPartial === true ? ',"partial":true' : ''
  const text = JSON.stringify(value) as string | undefined
  return `{"jsonrpc":"2.0","method":"$/progress","params":{"token":${idText(token)},"value":${text ?? 'null'}${partial}}}`
}
