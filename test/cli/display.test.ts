/** What a person sees while a call runs. */
import { EventEmitter, once } from 'node:events'
import type { WriteStream } from 'node:tty'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { displayOn } from '../../src/cli/display.js'

const test = suite('display')

const streamOf = (facts: object) => {
  const events = new EventEmitter()
  const written: string[] = []
  const write = (text: string): void => {
    written.push(text)
    events.emit('write', text)
  }
  return { stream: { ...facts, write } as unknown as WriteStream, written, events }
}

test('prints few plain lines when nobody looks', () => {
  const { stream, written } = streamOf({ isTTY: false })
  const display = displayOn(stream, 'hear')
  for (let done = 0; done <= 100; done += 1) display.progress({ done, total: 100 })
  display.progress('no share of anything')
  display.line('a log line')
  display.end()
  assert.equal(written, [
    'hear  25 %  25 of 100\n',
    'hear  50 %  50 of 100\n',
    'hear  75 %  75 of 100\n',
    'hear 100 %  100 of 100\n',
    'a log line\n',
  ])
})

// What is drawn by and by keeps no process alive: the call does.
const alive = setInterval(() => {}, 1000)
test.after(() => clearInterval(alive))

const terminal = { isTTY: true, columns: 60, hasColors: () => false }

test('draws a bar over and over in one line of a terminal, out of the way of other lines', async () => {
  const { stream, written, events } = streamOf(terminal)
  const display = displayOn(stream, 'hear')
  display.progress({ done: 1, total: 2 })
  const [drawn] = (await once(events, 'write')) as [string]
  assert.is(drawn, `\r\x1b[2Khear ${'━'.repeat(15)}${'─'.repeat(15)}  50 %  1 of 2`)
  display.line('a log line')
  assert.equal(written.slice(-2), ['\r\x1b[2K', 'a log line\n'])
  await once(events, 'write')
  display.end()
  assert.is(written.at(-1), '\r\x1b[2K')
})

test('shows how long it takes and what came last when there is no share', async () => {
  const { stream, events } = streamOf({ ...terminal, columns: 50 })
  const display = displayOn(stream, 'hear')
  display.progress({ text: 'x'.repeat(200) })
  const [drawn] = (await once(events, 'write')) as [string]
  display.end()
  assert.match(drawn, / hear {2}0\.[2-9] s, 1 value, the last one \{"te.*…$/)
  assert.ok(drawn.length - '\r\x1b[2K'.length < 50)
})

test('draws nothing for a call that is done at once', () => {
  const { stream, written } = streamOf(terminal)
  const display = displayOn(stream, 'hear')
  display.progress({ done: 1, total: 1 })
  display.end()
  assert.equal(written, [])
})

test.run()
