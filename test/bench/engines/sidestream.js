/** Sidestream's engine of the bench, as a user would write it. */
import { engine, method, t } from 'sidestream'

export default engine({
  name: 'bench',
  version: '1.0.0',
  methods: {
    echo: method({ params: t.unknown, result: t.unknown, handler: (params) => params }),
    add: method({
      params: t.type({ a: t.number, b: t.number }),
      result: t.number,
      handler: ({ a, b }) => a + b,
    }),
    sleep: method({
      params: t.type({ ms: t.number }),
      result: t.number,
      handler: ({ ms }) => new Promise((resolve) => setTimeout(resolve, ms, ms)),
    }),
  },
  notifications: { note: { params: t.unknown, handler: () => {} } },
  deadline: '30s',
  limit: { concurrency: 100000, queue: 1000 },
})
