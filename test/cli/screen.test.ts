/** A block at the bottom of a terminal. */
import { EventEmitter, once } from 'node:events'
import type { WriteStream } from 'node:tty'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Screen } from '../../src/cli/screen.js'

const test = suite('screen')

class FakeTerminal extends EventEmitter {
  columns = 20
  readonly written: string[] = []
  write(text: string): void {
    this.written.push(text)
    this.emit('write')
  }
}

const below = (...lines: string[]): string =>
  `\x1b[?7l${lines.map((line) => `${line}\n`).join('')}\x1b[?7h`

test('prints above the block, and draws it again in one write', async () => {
  const terminal = new FakeTerminal()
  let block = ['one']
  const screen = new Screen(terminal as unknown as WriteStream, () => block)
  screen.refresh()
  await once(terminal, 'write')
  block = ['one', 'two']
  screen.print('a line')
  screen.print('another')
  screen.refresh()
  await once(terminal, 'write')
  screen.print('the last')
  screen.end()
  assert.equal(terminal.written, [
    below('one'),
    `\x1b[1A\r\x1b[Ja line\nanother\n${below('one', 'two')}`,
    `\x1b[2A\r\x1b[Jthe last\n${below()}`,
  ])
  assert.is(terminal.listenerCount('resize'), 0)
})

test('finds its block in a terminal that has become narrower', async () => {
  const terminal = new FakeTerminal()
  const screen = new Screen(terminal as unknown as WriteStream, () => [
    '',
    '\x1b[1m123456789\x1b[22m',
  ])
  screen.refresh()
  await once(terminal, 'write')
  terminal.columns = 5
  terminal.emit('resize')
  screen.end()
  assert.ok(terminal.written[1]?.startsWith('\x1b[3A\r\x1b[J'))
})

test('leaves alone what a shell has written while it was stopped', async () => {
  const terminal = new FakeTerminal()
  const screen = new Screen(terminal as unknown as WriteStream, () => ['one'])
  screen.refresh()
  await once(terminal, 'write')
  process.emit('SIGCONT')
  screen.end()
  assert.is(terminal.written[1], below('one'))
})

test.run()
