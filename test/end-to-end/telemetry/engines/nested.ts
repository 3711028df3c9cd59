/** Methods whose traces are told apart: quick, slow, in steps, failing, and one that calls its host back. */
import { SpanStatusCode, trace } from '@opentelemetry/api'
import { concat, delay, of } from 'rxjs'
import { engine, left, method, t } from 'sidestream'

const tracer = trace.getTracer('nested')

export default engine({
  name: 'nested',
  version: '1.0.0',
  methods: {
    add: method({
      params: t.type({ a: t.number, b: t.number }),
      result: t.number,
      handler: ({ a, b }) => a + b,
    }),
    slow: method({
      params: t.type({ ms: t.number }),
      result: t.number,
      handler: ({ ms }) => new Promise<number>((resolve) => setTimeout(resolve, ms, ms)),
    }),
    /** Asks the host within a span of its own, by the global API, as a user's code does. */
    nested: method({
      params: t.type({ key: t.string }),
      handler: ({ key }, context) =>
        tracer.startActiveSpan('work', async (span) => {
          try {
            return await context.request('lookup', { key })
          } catch (error) {
            span.setStatus({ code: SpanStatusCode.ERROR })
            throw error
          } finally {
            span.end()
          }
        }),
    }),
    fails: method({
      errors: { ModelBusy: { code: -32050, message: 'The model is busy', retryable: true } },
      handler: () => left({ kind: 'ModelBusy' }),
    }),
    /** Asks its host whether it is to die in the middle of this. */
    fragile: method({
      idempotent: true,
      handler: async (_, context) => {
        if ((await context.request('next', {})) === 'die') process.kill(process.pid, 'SIGKILL')
        return 'alive'
      },
    }),
    /** Logs within its call. */
    logs: method({
      params: t.type({ text: t.string }),
      handler: ({ text }, { log }) => {
        log.info({}, text)
        return null
      },
    }),
    stream: method({
      progress: t.type({ ratio: t.number }),
      result: t.string,
      handler: () =>
        concat(of({ ratio: 0.5 }), of({ ratio: 1 }).pipe(delay(5)), of('done').pipe(delay(5))),
    }),
  },
})
