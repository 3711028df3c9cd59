import { existsSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { RpcError } from '../../src/protocol/rpc-error.js'
import { idleMs, Streams } from '../../src/speech/streams.js'
import { virtualClock } from '../../src/testing/virtual-clock.js'

const test = suite('streams')
const request = { model: 'small', task: 'transcribe', language: 'en' } as const
const samples = Buffer.alloc(640, 1)
const chunk = (stream: string, seq: number, sampleRate = 16_000, bytes = samples) => ({
  ...{ stream, seq },
  audio: { pcm16Base64: bytes.toString('base64'), sampleRate },
})

const setUp = () => {
  const clock = virtualClock()
  const idle: string[] = []
  const streams = new Streams(clock, (stream) => idle.push(stream))
  return { clock, idle, streams }
}
const pathOf = (streams: Streams, stream: string): string => {
  const { audio } = streams.finished(stream)
  return (audio as { path: string }).path
}
const kindOf = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    return (error as RpcError).kind
  }
  return 'none'
}

test('keep their chunks as a wave file', () => {
  const { streams } = setUp()
  const stream = streams.add(request)
  streams.push(chunk(stream, 0, 8000))
  streams.push(chunk(stream, 1, 8000))
  const { audio, ...asked } = streams.finished(stream)
  assert.equal(asked, request)
  const file = readFileSync(pathOf(streams, stream))
  assert.is(file.length, 44 + 2 * samples.length)
  assert.equal(file.subarray(44), Buffer.concat([samples, samples]))
  assert.equal([file.readUInt32LE(4), file.readUInt32LE(40)], [file.length - 8, 2 * samples.length])
  assert.equal([file.readUInt32LE(24), file.readUInt32LE(28)], [8000, 16_000])
  streams.stop()
})

test('are closed when nobody touches them, with their files', async () => {
  const { clock, idle, streams } = setUp()
  const [one, other] = [streams.add(request), streams.add(request)]
  const path = pathOf(streams, one)
  await clock.advance(idleMs - 1)
  streams.push(chunk(other, 0))
  assert.ok(existsSync(path))
  await clock.advance(1)
  assert.equal([idle, existsSync(path)], [[one], false])
  assert.is(
    kindOf(() => streams.push(chunk(one, 0))),
    'InvalidParams',
  )
  await clock.advance(idleMs - 1)
  assert.equal(idle, [one, other])
})

test('stay open while somebody waits for their end, and for as long again after that', async () => {
  const { clock, idle, streams } = setUp()
  const stream = streams.add(request)
  const release = streams.hold(stream)
  streams.hold(stream)() // another one, which was cancelled
  await clock.advance(10 * idleMs)
  assert.is(
    kindOf(() => streams.push(chunk(stream, 0))),
    'InvalidParams',
  )
  release()
  await clock.advance(idleMs - 1)
  assert.equal(idle, [])
  streams.push(chunk(stream, 0)) // the end came to nothing
  await clock.advance(idleMs)
  assert.equal(idle, [stream])
})

test('take chunks of one rate, in order, and whole samples', () => {
  const { streams } = setUp()
  const stream = streams.add(request)
  streams.push(chunk(stream, 0))
  for (const wrong of [
    chunk(stream, 2),
    chunk(stream, 1, 8000),
    chunk(stream, 1, 16_000, Buffer.alloc(641)),
  ])
    assert.is(
      kindOf(() => streams.push(wrong)),
      'InvalidParams',
    )
  streams.push(chunk(stream, 1))
  streams.stop()
})

test('leave nothing behind when the engine stops', () => {
  const listeners = process.listenerCount('exit')
  const { streams } = setUp()
  const path = pathOf(streams, streams.add(request))
  assert.is(process.listenerCount('exit'), listeners + 1) // for an engine that is made to end at once
  streams.stop()
  assert.not(existsSync(dirname(path)))
  assert.is(process.listenerCount('exit'), listeners)
})

test('are not more than the files that they have open', () => {
  const { streams } = setUp()
  const names = Array.from({ length: 100 }, () => streams.add(request))
  assert.is(
    kindOf(() => streams.add(request)),
    'Overloaded',
  )
  streams.close(names[0] as string)
  streams.add(request)
  streams.stop()
})

test.run()
