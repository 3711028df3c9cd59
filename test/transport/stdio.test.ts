import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { streamTransport } from '../../src/transport/stdio.js'

const test = suite('streamTransport')

/** What `input$` tells until it is over. */
const toldBy = (input: PassThrough) => {
  const told: unknown[] = []
  const { input$ } = streamTransport(input, new PassThrough())
  input$.subscribe({
    next: (chunk) => told.push(Buffer.from(chunk).toString()),
    complete: () => told.push('end'),
    error: (error) => told.push(error),
  })
  return told
}

test('an input ends once', async () => {
  const input = new PassThrough()
  const told = toldBy(input)
  input.end('a')
  await once(input, 'close')
  assert.equal(told, ['a', 'end'])
})

test('an input that is torn down has ended', async () => {
  const input = new PassThrough()
  const told = toldBy(input)
  input.destroy()
  await once(input, 'close')
  assert.equal(told, ['end'])
})

test('an input that cannot be read is an error', async () => {
  const input = new PassThrough()
  const told = toldBy(input)
  const error = new Error('EIO')
  input.destroy(error)
  await once(input, 'close').catch(() => {})
  assert.equal(told, [error])
})

test.run()
