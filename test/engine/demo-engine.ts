/** The engine of most tests here, and what they send to it. */
import { map, NEVER } from 'rxjs'
import * as assert from 'uvu/assert'
import { type EngineDefinition, engine, t } from '../../src/index.js'
import type { TestEngine } from '../../src/testing/index.js'

export const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

export const demo = (more: Partial<EngineDefinition> = {}) =>
  engine({
    name: 'demo',
    version: '1.0.0',
    methods: {
      add: {
        params: t.strict({ a: t.number, b: t.number }),
        result: t.number,
        handler: ({ a, b }) => a + b,
      },
      sleep: { handler: (params) => sleep((params as [number])[0]).then(() => 'slept') },
      stuck: { handler: () => NEVER },
    },
    ...more,
  })

export const add = { method: 'add', params: { a: 1, b: 2 } }
export const slow = (ms: number) => ({ method: 'sleep', params: [ms] })
export const stuck = { method: 'stuck' }

/** `a` for a result, `a -32004` for an error. */
export const told = map(({ id, error }: Readonly<Record<string, unknown>>) =>
  error === undefined ? id : `${id} ${(error as { code: number }).code}`,
)

export const endsWith = (tested: TestEngine, exitCode: number, reason: string) =>
  tested.done.then((ending) => assert.equal(ending, { exitCode, reason }))
