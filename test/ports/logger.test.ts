import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { withFacts } from '../../src/ports/logger.js'

const test = suite('withFacts')

test('the nearest fact is told', () => {
  assert.equal(withFacts({ a: 1, b: 1 }, { b: 2, c: 3 }), { a: 1, b: 2, c: 3 })
})

test('facts that cannot be read are left out', () => {
  const facts = {
    before: 1,
    get broken(): never {
      throw new Error('no')
    },
    after: 2,
  }
  assert.equal(withFacts({ a: 1 }, facts), { a: 1, before: 1, after: 2 })
})

test('of facts that tell not even their names, none is', () => {
  const facts = new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error('no')
      },
    },
  )
  assert.equal(withFacts({ a: 1 }, facts), { a: 1 })
})

test.run()
