/** What progress values tell. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { bar, percent, readProgress } from '../../src/cli/progress.js'
import { plain } from '../../src/cli/style.js'

const test = suite('progress')

test('reads seconds, counts, a ratio and a message', () => {
  assert.equal(readProgress({ processed: 3, duration: 12, ratio: 0.25 }), {
    ratio: 0.25,
    text: '3.0 of 12.0 s',
  })
  assert.equal(readProgress({ processed: 3, duration: 12 }), { ratio: 0.25, text: '3.0 of 12.0 s' })
  assert.equal(readProgress({ done: 1, total: 2 }), { ratio: 0.5, text: '1 of 2' })
  assert.equal(readProgress({ ratio: 0.5, message: 'loading' }), { ratio: 0.5, text: 'loading' })
  assert.equal(readProgress({ message: 'loading' }), { ratio: undefined, text: 'loading' })
})

test('keeps a ratio within bounds, and takes no nonsense for one', () => {
  assert.is(readProgress({ ratio: 7 }).ratio, 1)
  assert.is(readProgress({ ratio: -1 }).ratio, 0)
  assert.is(readProgress({ processed: 1, duration: 0 }).ratio, undefined)
  assert.is(readProgress({ ratio: '0.5' }).ratio, undefined)
})

test('shows other values in brief, on one line, without what moves the cursor', () => {
  assert.equal(readProgress('a\nb\x1b[2J').text, '"a\\nb\\u001b[2J"')
  assert.is(readProgress({ message: 'a\nb\x1b[2J' }).text, 'a b [2J')
  assert.is(readProgress(undefined).text, '')
  assert.is(readProgress(null).text, 'null')
  assert.is(readProgress({ text: 'x'.repeat(100) }).text.length, 60)
})

test('draws a bar of a fixed length', () => {
  assert.is(bar(0, 4, plain), '────')
  assert.is(bar(0.5, 4, plain), '━━──')
  assert.is(bar(1, 4, plain), '━━━━')
  assert.is(percent(0.999), ' 99 %')
  assert.is(percent(1), '100 %')
})

test.run()
