/** What an engine shows of itself to its own hooks. */
import { isRight } from 'fp-ts/lib/Either.js'
import { map, merge, type Observable } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { EngineContext } from '../../src/index.js'
import { marbles, testEngine, virtualClock } from '../../src/testing/index.js'
import { add, demo, slow } from './demo-engine.js'

const test = suite('streams of an engine')

/** What a hook sees, told by notifications. */
const watched = (pick: (context: EngineContext) => Observable<unknown>) =>
  demo({
    onStart: (context) => void pick(context).subscribe((seen) => context.notify('seen', [seen])),
  })
const seen = map(({ params }: Readonly<Record<string, unknown>>) => (params as unknown[])[0])

test(
  'messages, calls and outcomes pass by',
  marbles(({ clock, expectObservable }) => {
    const engine = watched(({ messages$, calls$, outcomes$ }) =>
      merge(
        messages$.pipe(map((it) => `message ${isRight(it) ? 'read' : it.left.kind}`)),
        calls$.pipe(map(({ id }) => `call ${id}`)),
        outcomes$.pipe(map(({ kind, call }) => `${kind} ${call.id}`)),
      ),
    )
    const { send, notifications, peer } = testEngine(clock, engine)
    send('-a-----b', { a: add, b: slow(5) })
    clock.setTimer(() => peer.send('nonsense\n'), 11)
    expectObservable(notifications.pipe(seen)).toBe('-(mar)-(ns)xt', {
      ...{ m: 'message read', a: 'call a', r: 'reply a' },
      ...{ n: 'message read', s: 'call b', t: 'reply b' },
      x: 'message ParseError',
    })
  }),
)

test('so do its states and its health, until it has stopped', async () => {
  const clock = virtualClock()
  const told: string[] = []
  const tell = (name: string) => ({
    next: (value: unknown) => void told.push(`${name} ${value}`),
    complete: () => void told.push(`no more ${name}`),
  })
  const { peer, done } = testEngine(
    clock,
    demo({
      onStart: ({ state$, health$ }) => {
        state$.subscribe(tell('state'))
        health$.pipe(map(({ status }) => status)).subscribe(tell('health'))
      },
    }),
  )
  await clock.advance(1500)
  peer.end()
  await clock.advance(10)
  await done
  assert.equal(told, [
    'state starting',
    'state ready',
    'health ok',
    'health ok',
    'state draining',
    'state stopped',
    'no more health',
  ])
})

test.run()
