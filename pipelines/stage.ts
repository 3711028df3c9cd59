/** How stages of ours are made: ordinary RxJS operators that outlive what goes wrong in the stages before them. */
import { type MonoTypeOperatorFunction, Observable, Subscription } from 'rxjs'
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
}

/** Subscribes a pipeline for good: when one of its stages throws or errors, only that part is subscribed anew. */
export const subscribePipeline = <T>(
  pipeline: Observable<T>,
  first: StageMark,
  next: (value: T) => void,
  { lost, broken }: PipelineFaults,
): Subscription => {
  const outer = assembly
  assembly = { last: first, lost }
  try {
    return subscribeHealing(pipeline, { name: 'end' }, next, () => {}, broken)
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
  const subscription = subscribeHealing(branch, { name: `${after.name} end` }, next, complete, giveUp)
  if (assembly !== undefined && last !== undefined) assembly.last = last
  return subscription
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
  const subscribe = (): void => {
    let isSubscribing = true
    const outer = assembly
    assembly = ours
    const inner = source.subscribe({
      next,
      complete,
      error: (error: unknown) => {
        if (ours === undefined || isSubscribing) return giveUp(error)
        if (subscription.closed) return
        subscription.remove(inner)
        subscribe()
        ours.lost(before, error)
      },
    })
    assembly = outer
    isSubscribing = false
    subscription.add(inner)
  }
  let before: StageMark = mark
  subscribe()
  if (ours !== undefined) {
    before = ours.last
    ours.last = mark
  }
  return subscription
}

/** A stage with state of its own for each subscription. */
export const statefulStage =
  (
    name: string,
    body: (forward: (call: Call) => void, complete: () => void, mark: StageMark) => StageBody,
  ): MonoTypeOperatorFunction<Call> =>
  (calls$) =>
    new Observable<Call>((subscriber) => {
      const mark: StageMark = { name }
      const complete = () => subscriber.complete()
      const { visit, ...ends } = body((call) => subscriber.next(call), complete, mark)
      const next = (call: Call): void => {
        if (call.result !== undefined) return
        call.stage = mark
        visit(call)
      }
      const subscription = subscribeHealing(calls$, mark, next, ends.complete ?? complete, (error) =>
        subscriber.error(error),
      )
      if (ends.stop !== undefined) subscription.add(ends.stop)
      return subscription
    })

/** A stage that lets a call pass or settles it. `visit` returns whether it passes. */
export const stage = (
  name: string,
  visit: (call: Call) => boolean,
): MonoTypeOperatorFunction<Call> =>
  statefulStage(name, (forward) => ({
    visit: (call) => {
      if (visit(call)) forward(call)
    },
  }))

/** Gives an operator of one's own a name, for logs and traces, and lets calls it loses be told from others. */
export const named = (
  name: string,
  operator: MonoTypeOperatorFunction<Call>,
): MonoTypeOperatorFunction<Call> => {
  const enter = stage(name, () => true)
  const leave = stage(`after ${name}`, () => true)
  return (calls$) => leave(operator(enter(calls$)))
}
