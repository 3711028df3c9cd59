import { pino } from 'pino'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { errorRecord } from '../../src/logging/error-record.js'
import { recordFacts } from '../../src/logging/record-facts.js'

const test = suite('recordFacts')

const told = recordFacts(errorRecord(pino.stdSerializers.err))
type Told = Readonly<Record<string, unknown>>

test('facts without an error are the same ones, whatever they are', () => {
  const circle: Record<string, unknown> = { at: new Date(), bytes: new Uint8Array(9), none: null }
  circle['self'] = [circle, new Map()]
  assert.is(told(circle), circle)
})

test('what holds an error is copied, and nothing else', () => {
  const beside = { n: 1 }
  const list = [new Error('no'), beside]
  const facts = told({ list, beside }) as { list: unknown[]; beside: unknown }
  assert.is((facts.list[0] as Told)['message'], 'no')
  assert.ok(facts.list[1] === beside && facts.beside === beside)
  assert.instance(list[0], Error)
})

test('errors in errors are told, also where they lead back', () => {
  const inner = new Error('inner')
  const outer = Object.assign(new Error('outer'), { details: [{ inner }] })
  Object.assign(inner, { outer })
  const all = Object.freeze(new AggregateError([inner], 'all'))
  const facts = told({ outer, all }) as { outer: Told; all: Told }
  const [detail] = facts.outer['details'] as { inner: Told }[]
  assert.is(detail?.inner['message'], 'inner')
  const [first] = facts.all['aggregateErrors'] as Told[]
  assert.is(first?.['message'], 'inner')
})

test('what cannot be read, or lies too deep, is left alone', () => {
  const broken = {
    get inner(): unknown {
      throw new Error('no getter')
    },
  }
  const silent = new Proxy(new Error('unknown'), {
    getPrototypeOf: () => {
      throw new Error('no prototype')
    },
    ownKeys: () => {
      throw new Error('no keys')
    },
  })
  let deep: unknown = new Error('deep')
  for (let i = 0; i < 100_000; i += 1) deep = [deep]
  const facts = told({ broken, silent, deep, error: new Error('told') })
  assert.ok(facts['broken'] === broken && facts['silent'] === silent && facts['deep'] === deep)
  assert.is((facts['error'] as Told)['message'], 'told')
})

test.run()
