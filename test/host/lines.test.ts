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

test('tears no character where it cuts, wherever the chunks end', async () => {
  for (const shift of [0, 1, 2, 3, 4]) {
    const line = `${'x'.repeat(shift)}${'🎧é€'.repeat(2000)}`
    for (const size of [1, 7, 8191, 8192, 8193, 100_000]) {
      const bytes = Buffer.from(line)
      const count = Math.ceil(bytes.length / size)
      const chunks = Array.from({ length: count }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      )
      const told = await linesOf(...chunks)
      assert.is(told.join(''), line)
      assert.ok(told.slice(0, -1).every((piece) => Buffer.byteLength(piece) > 8188))
      assert.ok(told.every((piece) => Buffer.byteLength(piece) <= 8192))
    }
  }
})

test('reads bytes that are no text', async () => {
  const told = await linesOf(Buffer.alloc(20_000, 0x80), '\nnext')
  assert.is(told.at(-1), 'next')
  assert.is(told.slice(0, -1).join('').length, 20_000)
})

test.run()
