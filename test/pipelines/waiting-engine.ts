/** An engine whose one method takes its time, and what callers are told, in letters. */
import { type MonoTypeOperatorFunction, map } from 'rxjs'
import { type Call, type EngineDefinition, engine } from '../../src/index.js'

/** After 4 ms. */
const handler = () => new Promise((resolve) => setTimeout(() => resolve('ok'), 4))

export const engineOf = (
  calls: MonoTypeOperatorFunction<Call>,
  more: Partial<EngineDefinition> = {},
) => engine({ name: 'demo', version: '1.0.0', calls, methods: { wait: { handler } }, ...more })

export const wait = { method: 'wait' }

/** `a` for a good answer, `a!` and its message for an error, by their ids. */
export const told = map((reply: Readonly<Record<string, unknown>>) => {
  const error = reply['error'] as { message: string } | undefined
  return error === undefined ? reply['id'] : `${reply['id']}! ${error.message}`
})
