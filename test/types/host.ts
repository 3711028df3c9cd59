/** Types of clients as users write them. Checked by `tsc --noEmit`: each `@ts-expect-error` must be an error. */
import {
  type Client,
  connect,
  engineType,
  type ManagedEngine,
  type Supervisor,
  supervise,
  type Update,
} from '../../src/host/index.js'
import { engine, group, method, t } from '../../src/index.js'

const Segment = t.type({ start: t.number, text: t.string })

const speech = engine({
  name: 'speech',
  version: '1.0.0',
  methods: {
    add: method({
      params: t.strict({ a: t.number, b: t.number }),
      result: t.number,
      handler: ({ a, b }) => a + b,
    }),
    options: method({
      params: t.partial({ beam: t.number }),
      result: t.string,
      handler: () => 'ok',
    }),
    loose: method({ handler: (params) => params }),
    models: group({
      methods: {
        load: method({
          params: t.type({ name: t.string }),
          result: t.boolean,
          progress: t.number,
          handler: () => true,
        }),
      },
    }),
    transcribe: method({
      params: t.type({ path: t.string }),
      partial: Segment,
      result: t.array(Segment),
      handler: () => [],
    }),
  },
})

const client = await connect<typeof speech>({ command: 'speech' })

export const sum: number = await client.request('add', { a: 1, b: 2 })
export const isLoaded: boolean = await client.request(
  'models.load',
  { name: 'base' },
  { deadlineMs: 5, onProgress: (ratio) => ratio.toFixed(1) },
)
export const word: string = await client.request('options')
export const word2: string = await client.request('options', { beam: 5 })
export const anything: unknown = await client.request('loose', [1, 2])
export const busy: number = (await client.request('health.check')).eventLoop.utilization

client.updates('transcribe', { path: 'a.wav' }).subscribe((update) => {
  if (update.kind === 'partial') update.value.text.trim()
  if (update.kind === 'result') update.value.map(({ start }) => start)
})

// @ts-expect-error: there is no such method
void client.request('subtract', { a: 1, b: 2 })
// @ts-expect-error: a text is no number
void client.request('add', { a: 1, b: 'x' })
// @ts-expect-error: what it takes is missing
void client.request('add')
// @ts-expect-error: its result is no text
export const wrong: Promise<string> = client.request('add', { a: 1, b: 2 })
// @ts-expect-error: a group is no method
void client.request('models', {})
// @ts-expect-error: its progress is a number
void client.request('models.load', { name: 'x' }, { onProgress: (text: string) => text })

// Without a type, anything goes in and what comes out is unknown.
const foreign = await connect({ command: 'other' })
export const result: unknown = await foreign.request('whatever', { deep: [{}] })
export const updates: Update = { kind: 'progress', value: 1 }
// @ts-expect-error: nobody knows what it is
export const number: number = await foreign.request('whatever')

const supervisor = supervise({
  engines: {
    asr: { command: 'speech', type: engineType<typeof speech>() },
    other: { command: 'other' },
  },
})
export const third: number = await supervisor.engine('asr').request('add', { a: 1, b: 2 })
export const something: unknown = await supervisor.engine('other').request('add', 'x')
// @ts-expect-error: there is no such engine
supervisor.engine('vad')
// @ts-expect-error: a text is no number
void supervisor.engine('asr').request('add', { a: 1, b: 'x' })
// @ts-expect-error: calls may be sticky, clients of one process not
void client.request('add', { a: 1, b: 2 }, { sticky: 'a' })
void supervisor.engine('asr').request('add', { a: 1, b: 2 }, { sticky: 'a' })

// Typed ones go where any is taken.
const takeClient = (it: Client): unknown => it.request('anything', [1])
takeClient(client)
takeClient(foreign)
const takeEngine = (it: ManagedEngine): unknown => it.request('anything', [1])
takeEngine(supervisor.engine('asr'))
takeEngine(supervisor.engine('other'))
const takeSupervisor = (it: Supervisor): unknown => takeEngine(it.engine('anything'))
takeSupervisor(supervisor)

// A batch has the types of each of its calls.
const [added, loaded] = client.batch([
  { method: 'add', params: { a: 1, b: 2 } },
  { method: 'models.load', params: { name: 'base' } },
  { method: 'options' },
  { method: 'loose', params: [1] },
])
export const batched: readonly [Promise<number>, Promise<boolean>] = [added, loaded]
const calls = [1, 2].map((a) => ({ method: 'add', params: { a, b: 1 } }) as const)
export const sums: Promise<number>[] = client.batch(calls)
export const several: Promise<unknown>[] = foreign.batch([{ method: 'whatever', params: 5 }])
// @ts-expect-error: there is no such method
client.batch([{ method: 'subtract', params: { a: 1, b: 2 } }])
// @ts-expect-error: a text is no number
client.batch([{ method: 'add', params: { a: 1, b: 'x' } }])
// @ts-expect-error: what it takes is missing
client.batch([{ method: 'add' }])

// What may be missing may be undefined.
const perhaps = undefined as number | undefined
const signal = undefined as AbortSignal | undefined
void client.request('options', undefined, { deadlineMs: perhaps, signal, onProgress: undefined })
void foreign.request('whatever', {}, { deadlineMs: perhaps, signal, meta: undefined })
client.updates('options', {}, { deadlineMs: perhaps, signal })
void supervisor.engine('asr').request('options', {}, { sticky: undefined, signal })

// What travels beside the params.
const meta = { priority: 'high', idempotencyKey: 'a', traceparent: '00-0-0-00', tenant: 7 } as const
void client.request('add', { a: 1, b: 2 }, { meta })
void supervisor.engine('asr').request('add', { a: 1, b: 2 }, { meta, sticky: 'a' })
client.updates('add', { a: 1, b: 2 }, { meta })
// @ts-expect-error: there is no such priority
void client.request('add', { a: 1, b: 2 }, { meta: { priority: 'urgent' } })
// @ts-expect-error: a deadline is an option
void client.request('add', { a: 1, b: 2 }, { meta: { deadlineMs: 5 } })
