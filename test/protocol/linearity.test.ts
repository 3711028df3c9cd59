/** The work of reading grows with the bytes read, not with their square. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { FrameDecoder } from '../../src/protocol/frame.js'
import { frame } from '../../src/protocol/frame.js'
import { frameDecoder } from '../../src/protocol/framing.js'
import { BatchText, numberTextAt } from '../../src/protocol/json-text.js'

const test = suite('linear work')
const mebibyte = 2 ** 20
const framings = ['ndjson', 'content-length'] as const

/** CPU time of a task, in milliseconds; the least of some runs, since others use the machine too. */
const cpuMs = (task: () => void): number => {
  const times = Array.from({ length: 3 }, () => {
    const before = process.cpuUsage()
    task()
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  })
  return Math.min(...times)
}

const scales = [1, 8]

/** Eight times the input may cost up to 24 times the work, since memory costs too; a square would cost 64. Below 4 ms all is noise. */
const growsLinearly = (name: string, task: (scale: number) => void): void => {
  task(1)
  const small = cpuMs(() => task(1))
  const large = cpuMs(() => task(8))
  assert.ok(
    large <= 24 * Math.max(small, 4),
    `${name}: ${small} ms, eight times as much: ${large} ms`,
  )
}

const feed = (decoder: FrameDecoder, bytes: Buffer, chunkBytes: number): number => {
  let frames = 0
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    frames += decoder.push(bytes.subarray(at, at + chunkBytes)).length
  }
  return frames + decoder.end().length
}

for (const framing of framings) {
  test(`${framing}: 16 MiB in chunks of 64 KiB`, () => {
    const stream = (scale: number) =>
      Buffer.from(frame(JSON.stringify('x'.repeat(2 * scale * mebibyte)), framing))
    const streams = new Map(scales.map((scale) => [scale, stream(scale)]))
    growsLinearly(framing, (scale) => {
      const bytes = streams.get(scale) as Buffer
      assert.is(feed(frameDecoder(framing, 17 * mebibyte), bytes, 65_536), 1)
    })
  })

  test(`${framing}: a message in single bytes`, () => {
    const streams = new Map(
      scales.map((scale) => [
        scale,
        Buffer.from(frame(JSON.stringify('x'.repeat(scale * 65_536)), framing)),
      ]),
    )
    growsLinearly(framing, (scale) => {
      assert.is(feed(frameDecoder(framing, mebibyte), streams.get(scale) as Buffer, 1), 1)
    })
  })

  test(`${framing}: a million messages`, () => {
    const bytes = Buffer.from(
      frame('{"jsonrpc":"2.0","id":1,"method":"x"}', framing).repeat(1_000_000),
    )
    assert.is(feed(frameDecoder(framing, mebibyte), bytes, 65_536), 1_000_000)
  })

  test(`${framing}: many messages in one chunk`, () => {
    const one = Buffer.from(frame('1', framing))
    growsLinearly(framing, (scale) => {
      const bytes = Buffer.alloc(one.length * scale * 20_000, one)
      assert.is(feed(frameDecoder(framing, mebibyte), bytes, bytes.length), scale * 20_000)
    })
  })
}

test('ndjson: bad lines in one chunk', () => {
  growsLinearly('bad lines', (scale) => {
    const bytes = Buffer.alloc(scale * 20_000, Buffer.from([0xff, 10]))
    assert.is(feed(frameDecoder('ndjson', mebibyte), bytes, bytes.length), scale * 10_000)
  })
})

test('detection of a first line that comes byte by byte', () => {
  const decoder = frameDecoder(undefined, mebibyte)
  assert.is(feed(decoder, Buffer.from('Content-Type: x\r\nContent-Length: 1\r\n\r\n1'), 1), 1)
})

test('numberTextAt: a text of numbers, and one of escapes', () => {
  for (const part of ['1.5,', '"\\\\\\"",', '[[]],', '{"id":1},']) {
    growsLinearly(part, (scale) => {
      assert.is(numberTextAt(`{"x":[${part.repeat(scale * 10_000)}0],"id":2.5}`, ['id']), '2.5')
    })
  }
})

test('the ids of a batch', () => {
  growsLinearly('ids', (scale) => {
    const size = scale * 500
    const text = `[${Array.from({ length: size }, (_, id) => `{"id":${id}.5,"x":[1,2,3]}`).join(',')}]`
    const batch = new BatchText(text, size)
    for (let index = 0; index < size; index += 1) {
      assert.is(batch.numberAt([index, 'id']), `${index}.5`)
    }
  })
})

test.run()
