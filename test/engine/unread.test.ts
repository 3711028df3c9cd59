/** What an engine says by itself is bounded, however little the peer reads. */
import { map } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { EngineDefinition, RpcError } from '../../src/index.js'
import { marbles, testEngine } from '../../src/testing/index.js'
import { add, demo } from './demo-engine.js'

const test = suite('unread notifications and requests')

const limits = { replyBytes: 1000 }
const text = 'x'.repeat(300)
/** Three messages of its own may be unread. */
const talkative = demo({ limits })
const status = { method: 'engine.status' }
type Message = Readonly<Record<string, unknown>>
const kinds = map(({ method, id }: Message) => method ?? id)

test(
  'notifications are dropped and counted, and told of once',
  marbles(async ({ clock, expectObservable }) => {
    const { send, written, context, peer, records } = testEngine(clock, talkative)
    const notify = (times: number) => {
      for (let time = 0; time < times; time += 1) context.notify('news', { text })
    }
    send('a', { a: add })
    clock.setTimer(() => peer.stall(), 1)
    clock.setTimer(() => notify(7), 2)
    clock.setTimer(() => peer.read(), 4)
    clock.setTimer(() => notify(1), 9)
    send('----------s', { s: status })
    expectObservable(written.pipe(kinds)).toBe('a---(nnn)ns', { a: 'a', n: 'news', s: 's' })
    await clock.advance(20)
    const last = JSON.parse(peer.written.at(-1) as string)
    assert.is(last.result.droppedNotifications, 4)
    const told = records.filter(({ message }) => message.startsWith('Notifications'))
    assert.equal(
      told.map(({ level, facts }) => [level, facts]),
      [
        ['warn', { method: 'news' }],
        ['info', { dropped: 4 }],
      ],
    )
  }),
)

test(
  'a request is refused, and sent when there is room again',
  marbles(async ({ clock, expectObservable }) => {
    const { send, written, context, peer } = testEngine(clock, talkative)
    const ask = () =>
      context.request('host.answer', { text }).catch(({ kind }: RpcError) => refused.push(kind))
    const refused: string[] = []
    send('a', { a: add })
    clock.setTimer(() => peer.stall(), 1)
    for (let time = 0; time < 4; time += 1) clock.setTimer(ask, 2)
    clock.setTimer(() => peer.read(), 4)
    clock.setTimer(ask, 9)
    const methods = map(({ method }: Message) => method ?? 'reply')
    expectObservable(written.pipe(methods)).toBe('a---(rrr)r', { a: 'reply', r: 'host.answer' })
    await clock.advance(20)
    assert.equal(refused, ['Overloaded'])
  }),
)

test(
  'a request that nobody has read can be cancelled',
  marbles(async ({ clock, expectObservable }) => {
    const { send, written, context, peer } = testEngine(clock, talkative)
    const refused: string[] = []
    const ask = () =>
      context
        .request('host.answer', { text }, { deadlineMs: 1 })
        .catch(({ kind }: RpcError) => refused.push(kind))
    send('a', { a: add })
    clock.setTimer(() => peer.stall(), 1)
    for (let time = 0; time < 4; time += 1) clock.setTimer(ask, 2)
    clock.setTimer(() => peer.read(), 9)
    const methods = map(({ method }: Message) => method ?? 'reply')
    expectObservable(written.pipe(methods)).toBe('a--------(rrrccc)', {
      a: 'reply',
      r: 'host.answer',
      c: '$/cancelRequest',
    })
    await clock.advance(20)
    assert.equal(refused, [
      'Overloaded',
      'DeadlineExceeded',
      'DeadlineExceeded',
      'DeadlineExceeded',
    ])
  }),
)

test(
  'a peer that has said nothing yet counts as one that does not read',
  marbles(async ({ clock, expectObservable }) => {
    const onStart: EngineDefinition['onStart'] = ({ notify, request }) => {
      for (let time = 0; time < 5; time += 1) notify('news', { text })
      request('host.answer').catch(({ kind }: RpcError) => refused.push(kind))
    }
    const refused: string[] = []
    const { send, written } = testEngine(clock, demo({ limits, onStart }))
    send('--s', { s: status })
    expectObservable(written.pipe(kinds)).toBe('--(nnns)', { n: 'news', s: 's' })
    await clock.advance(5)
    assert.equal(refused, ['Overloaded'])
  }),
)

test.run()
