/** Calls for tests of one stage: real ones, in a ledger on virtual time, without an engine or a wire around them. */
import { isLeft, left } from 'fp-ts/lib/Either.js'
import { BehaviorSubject, filter, map, NEVER, type Observable } from 'rxjs'
import { Call, type Outcome } from '../../pipelines/call.js'
import type { CallRuntime, LifecyclePhase, RequestOptions } from '../../pipelines/call-runtime.js'
import { Ledger } from '../../pipelines/ledger.js'
import type { MethodSpec } from '../../pipelines/method-spec.js'
import { Relay } from '../../pipelines/relay.js'
import type { AnyMethod } from '../engine/define.js'
import { methodSpec } from '../engine/specs.js'
import { timedLogger } from '../engine/timed-logger.js'
import { type Meta, noMeta } from '../protocol/meta.js'
import type { RequestId } from '../protocol/request-id.js'
import { deadlineExceeded, type RpcError } from '../protocol/rpc-error.js'
import { type LogRecord, testLog } from './test-log.js'
import { coldObservable } from './test-observables.js'
import type { VirtualClock } from './virtual-clock.js'

/** What a test says of a call. All of it may be left out. */
export interface TestRequest {
  /** Default: its letter in the diagram. Undefined makes it a notification. */
  readonly id?: RequestId | undefined
  /** Default: `test`. */
  readonly method?: string
  readonly params?: unknown
  readonly meta?: Meta
  /** The method as an engine has it. Default: one that takes anything and never answers; null: there is none of this name. */
  readonly definition?: AnyMethod | null
}

/** How a call was settled: with a result, or with an error. */
export type TestReply =
  | { readonly id: RequestId | undefined; readonly result: unknown }
  | { readonly id: RequestId | undefined; readonly error: RpcError }

export interface TestCalls {
  /** Plays a diagram of calls to each subscriber: every letter is a new call, with that id, received in its frame. */
  calls(marbles: string, requests?: Readonly<Record<string, TestRequest>>): Observable<Call>
  /** One call, received now. */
  call(request?: TestRequest): Call
  /** Emits when a call is settled, wherever it is: by a stage, by its handler, by its deadline. */
  readonly replies: Observable<TestReply>
  /** The same and progress too, as stages of the reply pipeline get them: `outcomes.pipe(mapErrors())`. */
  readonly outcomes: Observable<Outcome>
  /** What the lifecycle says; `ready` until the test says otherwise. */
  readonly phase$: BehaviorSubject<LifecyclePhase>
  /** The open calls. */
  readonly ledger: Ledger
  readonly records: readonly LogRecord[]
}

export interface TestCallsOptions {
  /** What handlers get as `context.config`. */
  readonly config?: unknown
  /** Answers `context.request(…)`. */
  readonly request?: (
    method: string,
    params: unknown,
    options: RequestOptions & { readonly parent?: Call },
  ) => unknown
}

const silent: AnyMethod = { handler: () => NEVER }

/**
 * ```ts
 * marbles(({ clock, expectObservable }) => {
 *   const { calls, replies } = testCalls(clock)
 *   const passed = calls('ab-c|').pipe(myStage(), map(({ id }) => id))
 *   expectObservable(passed).toBe('a--c|')
 *   expectObservable(replies).toBe('-x', { x: { id: 'b', error: rpcError('Overloaded', 'Too many') } })
 * })
 * ```
 *
 * @param clock - the one that `marbles` gives
 */
export const testCalls = (
  clock: VirtualClock,
  { config, request: answer }: TestCallsOptions = {},
): TestCalls => {
  const { log, records } = testLog()
  const phase$ = new BehaviorSubject<LifecyclePhase>('ready')
  const outcomes = new Relay<Outcome>()
  const ledger = new Ledger(clock, (call) => {
    const phase = call.isStarted ? 'running' : 'queued'
    call.settle(left(deadlineExceeded(call.deadline - call.receivedAt, phase)))
  })
  const runtime: CallRuntime = {
    clock,
    get now() {
      return clock.now()
    },
    ledger,
    log: timedLogger(log, clock),
    config,
    get phase() {
      return phase$.value
    },
    phase$,
    intake: { name: 'intake' },
    isTimed: false,
    settled: (call) => {
      outcomes.next({ kind: 'reply', call, result: call.result as NonNullable<Call['result']> })
      ledger.close(call)
    },
    progressed: (call, value) => outcomes.next({ kind: 'progress', call, value }),
    request: async (method, params, options) => {
      if (answer === undefined) throw new Error(`this test has no answer to ${method}`)
      return answer(method, params, options)
    },
  }
  const specs = new Map<AnyMethod, MethodSpec>()
  const specOf = (name: string, definition: AnyMethod): MethodSpec => {
    const known = specs.get(definition)
    if (known?.name === name) return known
    const { deadline, limit } = definition
    const spec = methodSpec(
      { name, definition, calls: undefined, stages: undefined, deadline, limit },
      undefined,
    )
    specs.set(definition, spec)
    return spec
  }
  let made = 0
  const call = (request: TestRequest = {}): Call => {
    made += 1
    const id = 'id' in request ? request.id : made
    const { method = 'test', params, meta = noMeta, definition = silent } = request
    if (id !== undefined && ledger.find(id) !== undefined) {
      throw new TypeError(`A call with the id ${String(id)} is still open`)
    }
    const spec = definition === null ? undefined : specOf(method, definition)
    const created = new Call(runtime, id, method, spec, params, meta, 0, undefined)
    ledger.add(created)
    return created
  }
  return {
    calls: (marbles, requests = {}) =>
      coldObservable<string>(clock, marbles).pipe(
        map((letter) => call({ id: letter, ...requests[letter] })),
      ),
    call,
    replies: outcomes.pipe(filter(isReply), map(toReply)),
    outcomes,
    phase$,
    ledger,
    records,
  }
}

type Reply = Outcome & { readonly kind: 'reply' }

const isReply = (outcome: Outcome): outcome is Reply => outcome.kind === 'reply'

const toReply = ({ call: { id }, result }: Reply): TestReply =>
  isLeft(result) ? { id, error: result.left } : { id, result: result.right }
