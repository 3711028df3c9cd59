/** How stages of ours are made: ordinary RxJS operators that outlive what goes wrong in the stages before them. */
import { left } from 'fp-ts/lib/Either.js'
import { type MonoTypeOperatorFunction, Observable, Subscriber, Subscription } from 'rxjs'
import { internalError } from '../src/protocol/rpc-error.js'
import type { Call, StageMark } from './call.js'

/** What a stage does with the calls that reach it, for one subscription. */
export interface StageBody {
  readonly visit: (call: Call) => void
  /** No more calls will come. Forwards `complete` by itself unless given. */
  readonly complete?: () => void
  readonly stop?: () => void
}

/** Where the stages of one pipeline tell what was lost, and find who stands before them. */
interface Assembly {
  last: StageMark
  readonly lost: (after: StageMark, error: unknown) => void
}

/** Set while a pipeline is being subscribed, which happens from its end to its beginning, at once. */
let assembly: Assembly | undefined

/** Who hears of what a pipeline could not do. */
export interface PipelineFaults {
  /** A stage threw or errored, and its part was subscribed anew. Calls that saw `after` last are gone. */
  readonly lost: (after: StageMark, error: unknown) => void
  /** It errors as soon as it is subscribed, so nothing will come through. */
  readonly broken: (error: unknown) => void
  /** All that was in it has come through, and nothing more will. */
  readonly completed?: () => void
}

/** Subscribes a pipeline for good: when one of its stages throws or errors, only that part is subscribed anew. */
export const subscribePipeline = <T>(
  pipeline: Observable<T>,
  first: StageMark,
  next: (value: T) => void,
  { lost, broken, completed = () => {} }: PipelineFaults,
): Subscription => {
  const outer = assembly
  assembly = { last: first, lost }
  try {
    return subscribeHealing(pipeline, { name: 'end' }, next, completed, broken)
  } finally {
    assembly = outer
  }
}

/** Subscribes a side way of a stage, which begins after that stage. */
export const subscribeBranch = (
  branch: Observable<Call>,
  after: StageMark,
  next: (call: Call) => void,
  complete: () => void,
  giveUp: (error: unknown) => void,
): Subscription => {
  const last = assembly?.last
  if (assembly !== undefined) assembly.last = after
  const subscription = subscribeHealing(
    branch,
    { name: `${after.name} end` },
    next,
    complete,
    giveUp,
  )
  if (assembly !== undefined && last !== undefined) assembly.last = last
  return subscription
}

/**
 * What listens to a source that may fail, and subscribes it again. It is a Subscriber of its own kind since every call
 * passes one per stage: RxJS would wrap an observer in three more.
 */
class HealingSubscriber<T> extends Subscriber<T> {
  private readonly take: (value: T) => void
  private readonly onComplete: () => void
  private readonly onError: (error: unknown) => void

  constructor(take: (value: T) => void, onComplete: () => void, onError: (error: unknown) => void) {
    super()
    this.take = take
    this.onComplete = onComplete
    this.onError = onError
  }

  override next(value?: T): void {
    if (!this.isStopped) this.take(value as T)
  }

  override complete(): void {
    if (this.isStopped) return
    this.unsubscribe()
    this.onComplete()
  }

  override error(error?: unknown): void {
    if (this.isStopped) return
    this.unsubscribe()
    this.onError(error)
  }
}

/** @param giveUp - called instead of healing when the source errors while it is subscribed, or outside of any pipeline */
const subscribeHealing = <T>(
  source: Observable<T>,
  mark: StageMark,
  next: (value: T) => void,
  complete: () => void,
  giveUp: (error: unknown) => void,
): Subscription => {
  const ours = assembly
  const subscription = new Subscription()
  let before: StageMark = mark
  const subscribe = (): void => {
    let isSubscribing = true
    const outer = assembly
    assembly = ours
    const inner = new HealingSubscriber<T>(next, complete, (error) => {
      if (ours === undefined || isSubscribing) return giveUp(error)
      subscription.remove(inner)
      subscribe()
      ours.lost(before, error)
    })
    subscription.add(inner)
    source.subscribe(inner)
    assembly = outer
    isSubscribing = false
  }
  subscribe()
  if (ours !== undefined) {
    before = ours.last
    ours.last = mark
  }
  return subscription
}

/**
 * Makes a stage's body for one subscription.
 *
 * @param fail - this part of the pipeline cannot work
 */
type MakeBody = (
  forward: (call: Call) => void,
  complete: () => void,
  mark: StageMark,
  fail: (error: unknown) => void,
) => StageBody

/** One stage of ours, or several that stand next to each other. */
interface Part extends StageMark {
  readonly make: MakeBody
}

type StageOperator = MonoTypeOperatorFunction<Call> & { readonly parts?: readonly Part[] }

/** A stage with state of its own for each subscription. */
export const statefulStage = (name: string, make: MakeBody): MonoTypeOperatorFunction<Call> =>
  operatorOf([{ name, make }])

/** A stage that lets a call pass or settles it. `visit` returns whether it passes. */
export const stage = (
  name: string,
  visit: (call: Call) => boolean,
): MonoTypeOperatorFunction<Call> => statefulStage(name, passing(visit))

const passing =
  (visit: (call: Call) => boolean): MakeBody =>
  (forward) => ({
    visit: (call) => {
      if (visit(call)) forward(call)
    },
  })

/**
 * RxJS's `pipe`, but stages of ours that stand next to each other become one operator: a call goes from one to the next by
 * a function call instead of through a Subscriber. Other operators stay what they are.
 */
export const pipeline = (
  ...operators: readonly MonoTypeOperatorFunction<Call>[]
): MonoTypeOperatorFunction<Call> => {
  const joined: StageOperator[] = []
  for (const operator of operators as readonly StageOperator[]) {
    const last = joined.at(-1)
    if (operator.parts === undefined || last?.parts === undefined) joined.push(operator)
    else joined[joined.length - 1] = operatorOf([...last.parts, ...operator.parts])
  }
  return (calls$) => joined.reduce((stream, operator) => operator(stream), calls$)
}

/**
 * One operator of adjacent stages. Within an engine its state and its source outlive who listens: when an operator after it
 * throws, RxJS unsubscribes all before that one too, and calls that wait here must not be lost by this. Who subscribes next
 * goes on with them.
 */
const operatorOf = (parts: readonly Part[]): StageOperator => {
  const operator: MonoTypeOperatorFunction<Call> = (calls$) => {
    let idle: Stages | undefined
    return new Observable<Call>((subscriber) => {
      if (assembly === undefined) return begin(parts, calls$, { subscriber }).subscription
      const stages = idle ?? begin(parts, calls$, { subscriber })
      idle = undefined
      stages.listener.subscriber = subscriber
      assembly.last = stages.last
      return () => {
        idle = stages
      }
    })
  }
  return Object.assign(operator, { parts })
}

/** Stages at work. */
interface Stages {
  /** Who gets what passes; changes when it is subscribed again. */
  readonly listener: { subscriber: Subscriber<Call> }
  readonly last: StageMark
  readonly subscription: Subscription
}

const begin = (
  parts: readonly Part[],
  calls$: Observable<Call>,
  listener: Stages['listener'],
): Stages => {
  const stops: (() => void)[] = []
  let next = (call: Call): void => {
    if (listener.subscriber.closed) refuseUnheard(call)
    else listener.subscriber.next(call)
  }
  let complete = (): void => listener.subscriber.complete()
  const giveUp = (error: unknown): void => listener.subscriber.error(error)
  const marks = parts.map(({ name, isExit = false }): StageMark => ({ name, isExit }))
  const last = marks.at(-1) as StageMark
  // From the last to the first: each is made with the next one at hand.
  for (const [index, { make }] of [...parts.entries()].toReversed()) {
    const mark = marks[index] as StageMark
    const body = make(next, complete, mark, giveUp)
    if (body.stop !== undefined) stops.push(body.stop)
    complete = body.complete ?? complete
    next = entrance(mark, body.visit)
  }
  const subscription = subscribeHealing(calls$, last, next, complete, giveUp)
  for (const stop of stops) subscription.add(stop)
  return { listener, last, subscription }
}

/** For calls that come after an operator such as `take` has completed: nobody listens any more. */
export const refuseUnheard = (call: Call): void => {
  const cause = new Error(
    'A stage has completed the stream of calls, so none gets through any more',
  )
  call.settle(left(internalError(cause)))
}

/** @throws TypeError for what is not even a copy */
const refuseCopy = ({ self }: Call): void => {
  const cause = new TypeError(
    'A stage put another object in the place of a call: forward the call itself',
  )
  if (self === undefined) throw cause
  self.settle(left(internalError(cause)))
}

/** Settled calls go no further. A throw in a stage costs the call it was given. */
const entrance =
  (mark: StageMark, visit: (call: Call) => void) =>
  (call: Call): void => {
    if (call.self !== call) return refuseCopy(call)
    if (call.result !== undefined) return
    call.stage = mark
    if (call.span !== undefined) call.span.stage(mark)
    try {
      visit(call)
    } catch (thrown) {
      call.settle(left(internalError(thrown)))
    }
  }

/** Gives an operator of one's own a name, for logs and traces, and lets calls it loses be told from others. */
export const named = (
  name: string,
  operator: MonoTypeOperatorFunction<Call>,
): MonoTypeOperatorFunction<Call> => {
  const enter = stage(name, () => true)
  const make = passing(() => true)
  const leave = operatorOf([{ name: `after ${name}`, isExit: true, make }])
  return (calls$) => leave(operator(enter(calls$)))
}
