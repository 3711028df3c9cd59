/** Stages for some methods only. */
import { type MonoTypeOperatorFunction, Subject, Subscription } from 'rxjs'
import type { Call, StageMark } from './call.js'
import { refuseUnheard, statefulStage, subscribeBranch } from './stage.js'

/**
 * Sends calls through the operator of the first pattern that fits, and all others straight on.
 *
 * @param operators - by method name; `*` stands for any text: `{'models.*': limit({ concurrency: 1 })}`
 */
export const perMethod = (
  operators: Readonly<Record<string, MonoTypeOperatorFunction<Call>>>,
): MonoTypeOperatorFunction<Call> =>
  statefulStage('perMethod', (forward, complete, mark, fail) => {
    const subscription = new Subscription()
    let branches = 0
    let isLast = false
    const routes = Object.entries(operators).map(([pattern, operator]) => {
      const branch$ = new Subject<Call>()
      branches += 1
      const end = (): void => {
        branches -= 1
        if (isLast && branches === 0) complete()
      }
      const begin: StageMark = { name: mark.name } // what fails in one branch is no matter of the others
      subscription.add(subscribeBranch(operator(branch$), begin, forward, end, fail))
      const enter = (call: Call): void => {
        call.stage = begin
        if (branch$.observed) branch$.next(call)
        else refuseUnheard(call)
      }
      return { fits: matcher(pattern), branch$, enter }
    })
    const known = new Map<string, ((call: Call) => void) | undefined>()
    const routeOf = (call: Call): ((call: Call) => void) | undefined => {
      const find = () => routes.find(({ fits }) => fits(call.method))?.enter
      if (call.spec === undefined) return find() // names that callers make up are not kept
      if (!known.has(call.method)) known.set(call.method, find())
      return known.get(call.method)
    }
    return {
      visit: (call) => {
        const enter = routeOf(call) ?? forward
        enter(call)
      },
      complete: () => {
        isLast = true
        if (branches === 0) complete()
        for (const { branch$ } of routes) branch$.complete()
      },
      stop: () => subscription.unsubscribe(),
    }
  })

const matcher = (pattern: string): ((method: string) => boolean) => {
  const text = pattern.split('*').map((part) => part.replace(/[\\^$.+?()[\]{}|]/g, '\\$&'))
  const whole = new RegExp(`^${text.join('.*')}$`)
  return (method) => whole.test(method)
}
