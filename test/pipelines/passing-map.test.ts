import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { PassingMap } from '../../pipelines/passing-map.js'

const test = suite('PassingMap')

setFlagsFromString('--expose-gc')
/** Of the young, as it comes while calls come. */
const collect = runInNewContext('gc') as (options: { type: 'minor' }) => void

test('has what was set and not deleted, in this order, however much comes and goes', () => {
  const map = new PassingMap<number, string>()
  const expected = new Map<number, string>()
  for (let key = 0; key < 20_000; key += 1) {
    map.set(key, `${key}`)
    expected.set(key, `${key}`)
    const gone = key - 50
    if (gone % 100 === 7) continue
    map.delete(gone)
    expected.delete(gone)
  }
  assert.equal(map.values(), [...expected.values()])
  assert.is(map.size, expected.size)
  for (const key of [7, 107, 19_907, 19_999]) assert.ok(map.has(key) && map.get(key) === `${key}`)
  assert.not(map.has(8) || map.get(8) !== undefined)
})

test('a key that is set again keeps its place, and has its new value', () => {
  const map = new PassingMap<string, number>()
  map.set('a', 1)
  map.set('b', 2)
  map.set('a', 3)
  assert.equal(map.values(), [3, 2])
})

test('what has gone is not kept until all memory is looked through', () => {
  const map = new PassingMap<number, object>()
  const heldBytes = 1024
  const comeAndGo = (count: number): void => {
    const first = key
    for (; key < first + count; key += 1) {
      map.set(key, new Array(heldBytes / 8).fill(key))
      map.delete(key - 32)
    }
  }
  let key = 0
  const heapMb = (): number => {
    collect({ type: 'minor' })
    return process.memoryUsage().heapUsed / 1e6
  }
  comeAndGo(1000)
  heapMb()
  const before = heapMb() // what is there now has survived twice, and is old
  let most = 0
  for (let round = 0; round < 20; round += 1) {
    comeAndGo(500)
    most = Math.max(most, heapMb() - before)
  }
  assert.ok(most < 4, `of 10 MB that passed, ${most} MB were kept`)
})

test.run()
