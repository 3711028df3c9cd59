/** Types of engines and stages as users write them. Checked by `tsc --noEmit`: each `@ts-expect-error` must be an error. */
import { filter, type MonoTypeOperatorFunction, map, pipe, retry, timeout } from 'rxjs'
import {
  admit,
  type Call,
  deadline,
  dispatch,
  engine,
  group,
  limit,
  method,
  named,
  notification,
  perCall,
  perMethod,
  stage,
  standardCalls,
  standardReplies,
  t,
} from '../../src/index.js'

const add = method({ params: t.type({ a: t.number }), result: t.number, handler: ({ a }) => a })

export const demo = engine({
  name: 'demo',
  version: '1.0.0',
  methods: {
    add,
    'math.add': add,
    models: group({
      deadline: '5s',
      limit: { concurrency: 1 },
      methods: { load: method({ handler: () => null }), deeper: group({ methods: { add } }) },
    }),
  },
  notifications: {
    moved: notification({ params: t.type({ x: t.number }), handler: ({ x }) => x.toFixed() }),
  },
  calls: (calls$, settings) => calls$.pipe(standardCalls(settings)),
  replies: (outcomes$, settings) => outcomes$.pipe(standardReplies(settings)),
  health: { gpu: () => ({ status: 'degraded', freeMb: 12 }), disk: async () => {} },
  errors: { expose: 'none', map: (error, call) => ({ ...error, facts: { id: call.id } }) },
  drain: 5000,
  onStart: async ({ log, request, signal }) => {
    log.info({ aborted: signal.aborted }, String(await request('host.name')))
  },
})

// Names and types of methods are kept, so that a client may know them.
type Names = keyof NonNullable<typeof demo.methods>
export const names: readonly Names[] = ['add', 'math.add', 'models']
// @ts-expect-error: there is no such method
export const wrongName: Names = 'subtract'
export const kept: typeof add = (demo.methods as NonNullable<typeof demo.methods>).add

engine({
  name: 'demo',
  version: '1.0.0',
  methods: {
    // @ts-expect-error: a function is no method
    add: ({ a }: { a: number }) => a,
  },
})
// @ts-expect-error: it needs a version
engine({ name: 'demo' })
// @ts-expect-error: there is no such setting
engine({ name: 'demo', version: '1.0.0', timeout: 5 })
engine({
  name: 'demo',
  version: '1.0.0',
  // @ts-expect-error: a check says ok, degraded or failing
  health: { gpu: () => ({ status: 'fine' }) },
})
notification({
  params: t.type({ x: t.number }),
  // @ts-expect-error: there is no y
  handler: ({ y }) => y,
})

// Stages are RxJS operators over calls.
const mine: MonoTypeOperatorFunction<Call> = pipe(
  deadline('30s'),
  admit({ queue: 10 }),
  named(
    'mine',
    filter((call) => call.method !== 'x'),
  ),
  stage('other', (call) => call.params !== null || call.settle({ _tag: 'Right', right: 1 })),
  limit({ concurrency: 2, key: (call) => call.meta.priority }),
  perMethod({ 'models.*': limit({ concurrency: 1 }) }),
  perCall(retry({ count: 2, delay: 100 })),
  perCall(timeout(1000)),
  dispatch(),
)
engine({ name: 'demo', version: '1.0.0', calls: (calls$) => calls$.pipe(mine) })
const noCalls = map((call: Call) => call.id)
// @ts-expect-error: a stage forwards calls
named('ids', noCalls)
// @ts-expect-error: a stage says whether the call passes
stage('nothing', () => {})
// @ts-expect-error: not a duration
deadline('soon')
// @ts-expect-error: there is no such setting
limit({ concurency: 1 })
