/** An engine for the tests of the command and of the host. */
import { concat, interval, NEVER, of } from 'rxjs'
import { engine, method, rpcError, t } from 'sidestream'

export default engine({
  name: 'tester',
  version: '1.2.3',
  description: 'For tests.',
  methods: {
    add: method({
      description: 'Adds two numbers.',
      params: t.type({ a: t.number, b: t.number }),
      result: t.number,
      handler: ({ a, b }) => a + b,
    }),
    echo: method({ handler: (params) => params ?? null }),
    steps: method({
      progress: t.type({ done: t.number, total: t.number }),
      result: t.string,
      handler: () => of({ done: 1, total: 2 }, { done: 2, total: 2 }, 'done'),
    }),
    speech: method({
      handler: () => ({
        segments: [
          { start: 0, end: 1.5, text: 'one' },
          { start: 2, end: 4, text: 'two' },
        ],
        duration: 4,
      }),
    }),
    /** Tells that it has begun, and in the log that it was cancelled. */
    wait: method({
      handler: (_, { signal, log }) => {
        signal.addEventListener('abort', () => log.warn({}, 'wait was cancelled'))
        return concat(of('waiting', 'still waiting'), NEVER)
      },
    }),
    countUp: method({ handler: () => interval(1) }),
    /** Hears of nothing any more. */
    freeze: method({
      handler: (_, { progress }) => {
        progress('frozen')
        setImmediate(() =>
          setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)),
        )
        return NEVER
      },
    }),
    fail: method({
      errors: { ModelNotFound: { code: -32010 } },
      handler: () => {
        throw rpcError('ModelNotFound', 'There is no model base.en. Download it first.', {
          model: 'base.en',
        })
      },
    }),
    die: method({
      handler: () => {
        process.stderr.write('the disk is on fire\n')
        process.exit(3)
      },
    }),
    askHost: method({
      handler: (_, context) =>
        context.request('host.name').catch(({ kind, code }) => ({ kind, code })),
    }),
    print: method({
      handler: () => {
        console.log('printed')
        return null
      },
    }),
    cwd: method({ handler: () => process.cwd() }),
    many: method({
      params: t.type({ lines: t.number }),
      handler: ({ lines }) =>
        Array.from({ length: lines }, (_, line) => ({ line, text: 'x'.repeat(80) })),
    }),
  },
  health: process.env.TESTER_IS_ILL
    ? { disk: () => ({ status: 'failing', reason: 'it is on fire' }) }
    : {},
})
