import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ByteBuffer } from '../../src/protocol/byte-buffer.js'

const test = suite('byte buffer')

const capacity = (buffer: ByteBuffer): number =>
  (buffer as unknown as { bytes: Buffer }).bytes.length

test('gives back what was appended, and begins anew', () => {
  const buffer = new ByteBuffer()
  assert.is(buffer.take().length, 0)
  for (const piece of ['ab', '', 'cde']) buffer.append(Buffer.from(piece))
  assert.is(buffer.length, 5)
  assert.is(buffer.take().toString(), 'abcde')
  assert.is(buffer.length, 0)
  buffer.append(Buffer.from('f'))
  assert.is(buffer.take().toString(), 'f')
})

test('keeps a copy: the piece may be reused', () => {
  const buffer = new ByteBuffer()
  const piece = Buffer.from('abc')
  buffer.append(piece)
  piece.fill(0)
  assert.is(buffer.take().toString(), 'abc')
})

test('takes pieces of any size, in any order', () => {
  const buffer = new ByteBuffer()
  const sizes = [1, 4095, 1, 4096, 4097, 10_000, 3, 100_000]
  const pieces = sizes.map((size, at) => Buffer.alloc(size, at))
  for (const piece of pieces) buffer.append(piece)
  assert.ok(buffer.take().equals(Buffer.concat(pieces)))
})

test('grows by doubling, so that each byte is copied a bounded number of times', () => {
  const buffer = new ByteBuffer()
  const piece = Buffer.alloc(1)
  let growths = 0
  for (let before = 0, at = 0; at < 2 ** 20; at += 1) {
    buffer.append(piece)
    if (capacity(buffer) !== before) growths += 1
    before = capacity(buffer)
  }
  assert.is(growths, 9) // from 4 KiB to 1 MiB
})

test('gives a large buffer back, and keeps a small one', () => {
  const buffer = new ByteBuffer()
  buffer.append(Buffer.alloc(2 ** 20))
  buffer.take()
  assert.is(capacity(buffer), 2 ** 20)
  buffer.append(Buffer.alloc(2 ** 20 + 1))
  assert.is(buffer.take().length, 2 ** 20 + 1)
  assert.is(capacity(buffer), 0)
})

test.run()
