import { map, type Observable } from 'rxjs'
import { type Call, type Engine, engine, left, method, type Outcome, rpcError, t } from 'sidestream'
import { connect } from 'sidestream/host'
import { deadline, dispatch, limit, perCall, validateParams } from 'sidestream/pipelines'
import { type Cue, cues, parseSrt } from 'sidestream/subtitles'
import { noTelemetry, type Telemetry } from 'sidestream/telemetry'
import { marbles, virtualClock } from 'sidestream/testing'

const add = method({
  params: t.type({ a: t.number, b: t.number }),
  result: t.number,
  handler: ({ a, b }) => (a > b ? left(rpcError('TooMuch', 'a is too much', { a })) : a + b),
})
const wrong = method({
  result: t.number,
  // @ts-expect-error: a text is no number
  handler: () => 'a text',
})
export const demo: Engine = engine({
  name: 'demo',
  version: '1.0.0',
  methods: { add, wrong },
  calls: (calls$: Observable<Call>) =>
    calls$.pipe(
      deadline('1s'),
      validateParams(),
      limit({ queue: 1 }),
      perCall(map((it) => it)),
      dispatch(),
    ),
  replies: (outcomes$: Observable<Outcome>) => outcomes$,
})
// @ts-expect-error: an engine needs a version
engine({ name: 'demo' })

export const shown: readonly Cue[] = cues([{ id: 0, start: 0, end: 1, text: 'Hello.' }])
// @ts-expect-error: a line has a number of characters
cues([], { maxCharsPerLine: '42' })
export const parsed = parseSrt('')
if (parsed._tag === 'Right') cues(parsed.right.map((cue, id) => ({ ...cue, id })))

export const telemetry: Telemetry = noTelemetry
export const client: ReturnType<typeof connect> = connect({
  command: 'sidestream',
  args: ['run', 'demo.js'],
})
export const now: number = virtualClock().now()
export const test = marbles(({ cold, expectObservable }) => {
  expectObservable(cold('a|')).toBe('a|')
})
