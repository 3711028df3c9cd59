import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { prettyLine } from '../../src/logging/pretty-line.js'

const test = suite('prettyLine')
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are made of them
const plain = (text: string): string => text.replace(/\x1b\[\d+m/g, '')
const time = Date.UTC(2030, 0, 1, 12, 30, 15, 42)

test('shows the time of day, the level, the message and the facts', () => {
  const record = { level: 30, time, pid: 1, engine: 'demo', took: 3, msg: 'done' }
  assert.is(
    plain(prettyLine(`${JSON.stringify(record)}\n`)),
    '12:30:15.042 INFO  done engine=demo took=3\n',
  )
})

test('leaves JSON as it is that is no record', () => {
  for (const line of ['null', '5', '[]', '{"msg":"no time"}', '{"time":"noon"}', '{"time":1e99}'])
    assert.is(prettyLine(line), line)
})

test('has colours only where they are wanted', () => {
  const line = JSON.stringify({ level: 30, time, pid: 1, took: 3, msg: 'done' })
  assert.ok(prettyLine(line).includes('\x1b['))
  assert.is(prettyLine(line, false), '12:30:15.042 INFO  done took=3\n')
})

test('quotes facts with spaces and shows structures as JSON', () => {
  const record = { level: 40, time, pid: 1, text: 'two words', at: { x: 1 }, msg: 'look' }
  assert.is(
    plain(prettyLine(JSON.stringify(record))),
    '12:30:15.042 WARN  look text="two words" at={"x":1}\n',
  )
})

test('puts the stack of an error below', () => {
  const record = {
    level: 50,
    time,
    pid: 1,
    err: { message: 'no', stack: 'Error: no\n    at a' },
    msg: 'failed',
  }
  assert.is(
    plain(prettyLine(JSON.stringify(record))),
    '12:30:15.042 ERROR failed\nError: no\n    at a\n',
  )
})

test('lets no record play with the terminal', () => {
  const evil = '\u001b[2J\u009b0m\rhidden\u0007'
  const err = { message: evil, stack: `Error: ${evil}\n    at a` }
  const record = { level: 50, time, pid: 1, [`k${evil}`]: evil, msg: evil, err }
  const shown = '\\x1b[2J\\x9b0m\\x0dhidden\\x07'
  assert.is(
    prettyLine(JSON.stringify(record), false),
    `12:30:15.042 ERROR ${shown} k${shown}="\\u001b[2J\\x9b0m\\rhidden\\u0007"\nError: ${shown}\n    at a\n`,
  )
})

test('is one line but for a stack', () => {
  const lines = 'one\ntwo\tthree\u2028four'
  const record = { level: 50, time, pid: 1, [lines]: lines, msg: lines, err: { stack: 'a\n\tb' } }
  const shown = 'one\\ntwo\\tthree\\u2028four'
  assert.is(
    prettyLine(JSON.stringify(record), false),
    `12:30:15.042 ERROR ${shown} ${shown}="${shown}"\na\n\\tb\n`,
  )
  const odd = JSON.stringify({ level: 'x\ny', time, pid: 1, msg: 'odd', err: { stack: 5 } })
  assert.is(prettyLine(odd, false), '12:30:15.042 x\\ny odd\n')
})

test('leaves what is no JSON as it is', () => {
  assert.is(prettyLine('plain text\n'), 'plain text\n')
})

test.run()
