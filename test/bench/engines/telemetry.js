/** What the bench of telemetry asks beside the calls of all others. */
import { createRequire } from 'node:module'
import { engine, method, t } from 'sidestream'

const { cache } = createRequire(import.meta.url)

export default engine({
  name: 'bench-telemetry',
  version: '1.0.0',
  methods: {
    /** Whether this process has loaded anything of OpenTelemetry. */
    isLoaded: method({
      params: t.unknown,
      result: t.boolean,
      handler: () => Object.keys(cache).some((file) => file.includes('@opentelemetry')),
    }),
    /** As `echo`, but not at once: what is active then has to be carried across each `await`. */
    later: method({
      params: t.unknown,
      result: t.unknown,
      handler: async (params) => {
        await null
        await null
        return params
      },
    }),
  },
  deadline: '30s',
  limit: { concurrency: 100000, queue: 1000 },
})
