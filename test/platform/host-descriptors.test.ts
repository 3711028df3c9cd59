import { closeSync, fstatSync, openSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { takeHostDescriptors } from '../../src/platform/host-descriptors.js'
import { type SocketPair, socketPair } from '../end-to-end/hosted-engine.js'

const test = suite<{ pair: SocketPair }>('takeHostDescriptors')
test.before.each(async (context) => {
  context.pair = await socketPair()
})
test.after.each(({ pair }) => {
  pair.ours.destroy()
  pair.theirs.destroy()
})

const none = { channelFd: undefined, beatFd: undefined }

test('takes what fstat confirms, and nothing else is left in the environment', ({ pair }) => {
  const { fd } = pair
  const other = fstatSync(fd)
  const env = {
    SIDESTREAM_CHANNEL: pair.name(fd),
    SIDESTREAM_BEAT: `${fd}:${other.dev}:${other.ino}`,
    SIDESTREAM_LOG_LEVEL: 'warn',
  }
  assert.equal(takeHostDescriptors(env), { channelFd: fd, beatFd: fd })
  assert.equal(env, { SIDESTREAM_LOG_LEVEL: 'warn' } as unknown as typeof env)
})

test('one may be given without the other', ({ pair }) => {
  const text = pair.name(pair.fd)
  assert.equal(takeHostDescriptors({ SIDESTREAM_BEAT: text }), { ...none, beatFd: pair.fd })
  assert.equal(takeHostDescriptors({ SIDESTREAM_CHANNEL: text }), { ...none, channelFd: pair.fd })
  assert.equal(takeHostDescriptors({}), none)
})

test('ignores what is another file, or no socket', ({ pair }) => {
  const { fd } = pair
  const { dev, ino } = fstatSync(fd)
  const file = openSync(fileURLToPath(import.meta.url), 'r')
  const ofFile = fstatSync(file)
  const closed = openSync(fileURLToPath(import.meta.url), 'r')
  closeSync(closed)
  const wrong = [
    `${fd}:${dev}:${ino + 1}`,
    `${fd}:${dev + 1}:${ino}`,
    `${file}:${dev}:${ino}`,
    `${file}:${ofFile.dev}:${ofFile.ino}`,
    `${closed}:${dev}:${ino}`,
    `99999999999:${dev}:${ino}`,
  ]
  for (const text of wrong) {
    const env = { SIDESTREAM_CHANNEL: text, SIDESTREAM_BEAT: text }
    assert.equal(takeHostDescriptors(env), none, text)
    assert.equal(Object.keys(env), [], text)
  }
  closeSync(file)
})

test('ignores what is not three decimal numbers', ({ pair }) => {
  const { fd } = pair
  const { dev, ino } = fstatSync(fd)
  const hex = (number: number) => `0x${number.toString(16)}`
  const wrong = [
    '',
    '::',
    `${fd}`,
    `${fd}:${dev}`,
    `${fd}:${dev}:${ino}:0`,
    ` ${fd}:${dev}:${ino}`,
    `${fd}:${dev}:${ino}\n`,
    `${fd}.0:${dev}:${ino}`,
    `${hex(fd)}:${hex(dev)}:${hex(ino)}`,
    `-${fd}:${dev}:${ino}`,
  ]
  for (const text of wrong) {
    assert.equal(takeHostDescriptors({ SIDESTREAM_CHANNEL: text }), none, JSON.stringify(text))
  }
})

test.run()
