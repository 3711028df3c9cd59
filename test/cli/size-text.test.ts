/** Sizes for people. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sizeText } from '../../src/cli/size-text.js'

const test = suite('size-text')

test('takes the unit that fits', () => {
  const sizes = [0, 1, 999_499, 999_500, 78_090_594, 999_499_999, 999_500_000, 1_550_000_000]
  const texts = ['0 kB', '1 kB', '1000 kB', '1 MB', '78 MB', '999 MB', '1.0 GB', '1.6 GB']
  assert.equal(sizes.map(sizeText), texts)
})

test.run()
