/** Lines out of bytes. */
import { from, lastValueFrom, toArray } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { lines } from '../../src/host/lines.js'

const test = suite('lines')
const linesOf = (...chunks: readonly (string | Uint8Array)[]): Promise<string[]> =>
  lastValueFrom(from(chunks.map((chunk) => Buffer.from(chunk as string))).pipe(lines(), toArray()))

test('puts lines together that come in pieces, also within a character', async () => {
  const bytes = Buffer.from('é\n')
  assert.equal(
    await linesOf('a', 'b\nc', '\r\n\n', bytes.subarray(0, 1), bytes.subarray(1), 'end'),
    ['ab', 'c', 'é', 'end'],
  )
})

test('ends a line where a progress bar returns', async () => {
  assert.equal(await linesOf('10 %\r20 %\r'), ['10 %', '20 %'])
})

test('cuts a line without end into pieces', async () => {
  const told = await linesOf('x'.repeat(10_000), 'x'.repeat(10_000))
  assert.equal(
    told.map(({ length }) => length),
    [8192, 8192, 3616],
  )
})

test.run()
