import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { marbleRows, pointedRows } from '../../src/testing/marble-rows.js'
import { parseMarks, parseMoments, parseSubscription } from '../../src/testing/marble-syntax.js'

const test = suite('marble syntax')

const marks = (marbles: string) =>
  parseMarks(marbles)
    .map(({ frame, symbol }) => `${symbol}${frame}`)
    .join(' ')

test('counts a frame for each character, none for spaces', () => {
  assert.is(marks('--a-b|'), 'a2 b4 |5')
  assert.is(marks('  --a  -\n b |'), 'a2 b4 |5')
  assert.is(marks(''), '')
})

test('puts a group at its first frame, and goes on behind its last character', () => {
  assert.is(marks('-(ab|)c'), 'a1 b1 |1 c6')
})

test('reads times between spaces, and digits without as values', () => {
  assert.is(marks('a 10ms b 1s c 1m d 1.5s |'), 'a0 b11 c1012 d61013 |62514')
  assert.is(marks('10ms a'), 'a10')
  assert.is(marks('-1-2s'), '11 23 s4')
})

test('refuses what cannot be meant', () => {
  assert.throws(() => parseMarks('-10ms-|'), /space on both sides/)
  assert.throws(() => parseMarks('(ab'), /without '\)'/)
  assert.throws(() => parseMarks('ab)'), /without '\('/)
  assert.throws(() => parseMarks('(a-b)'), /one frame/)
  assert.throws(() => parseMarks('(a(b))'), /one frame/)
  assert.throws(() => parseMoments('a-!'), /no '!'/)
  assert.throws(() => parseMoments('a-b', { a: 1 }), /no value for 'b'/)
  assert.throws(() => parseSubscription('--a--'), /at most one/)
  assert.throws(() => parseSubscription('^--^--!'), /at most one/)
})

test('gives letters their values, # its error, and counts from ^', () => {
  assert.equal(parseMoments('a-^-b#', { a: 1, b: 2 }, 'late'), [
    { frame: -2, symbol: 'a', notification: { kind: 'N', value: 1 } },
    { frame: 2, symbol: 'b', notification: { kind: 'N', value: 2 } },
    { frame: 3, symbol: '#', notification: { kind: 'E', error: 'late' } },
  ])
  assert.equal(
    parseMoments('01|', ['x', 'y']).map(({ notification }) => notification),
    [{ kind: 'N', value: 'x' }, { kind: 'N', value: 'y' }, { kind: 'C' }],
  )
  assert.equal(parseMoments('#')[0]?.notification, { kind: 'E', error: 'error' })
})

test('reads subscriptions', () => {
  const at = (subscribedFrame: number, unsubscribedFrame: number) => ({
    subscribedFrame,
    unsubscribedFrame,
  })
  assert.equal(parseSubscription('--^--!'), at(2, 5))
  assert.equal(parseSubscription('^ 1s !'), at(0, 1001))
  assert.equal(parseSubscription('-(^!)'), at(1, 1))
  assert.equal(parseSubscription('---!'), at(Infinity, 3))
  assert.equal(parseSubscription('----'), at(Infinity, Infinity))
})

test('rows parse back to what they print', () => {
  for (const marbles of ['', 'a', '--a-b|', '-(ab|)c', 'a 999ms b 5m (cd)-#', '^----!']) {
    const parsed = parseMarks(marbles)
    assert.equal(parseMarks(marbleRows([parsed])[0] ?? ''), parsed, marbles)
  }
  assert.equal(marbleRows([parseMarks('a 999ms b 59999ms |')]), ['a 999ms b 59999ms |'])
})

test('rows are aligned, a column a frame', () => {
  const lists = ['a---b|', '(ab)-|', '-----c'].map(parseMarks)
  assert.snapshot(
    pointedRows(lists, 4).join('\n'),
    `
    a---b|
    (ab)-|
    -----c
        ▲`.slice(1),
  )
  const crowded = ['(abc)', '--x'].map(parseMarks)
  assert.equal(marbleRows(crowded), ['(abc)', '--   x'])
  assert.equal(parseMarks('--   x'), parseMarks('--x'))
})

test.run()
