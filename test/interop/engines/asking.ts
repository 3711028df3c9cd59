/** Asks its host for everything it answers. */
import { engine, method, notification, t } from 'sidestream'

export default engine({
  name: 'asking',
  version: '1.0.0',
  methods: {
    double: method({
      params: t.type({ n: t.number }),
      handler: async ({ n }, { request }) => request('host.add', { a: n, b: n }),
    }),
    askForever: method({ handler: (_, { request }) => request('host.never', {}) }),
  },
  notifications: {
    ping: notification({ handler: (_, { request }) => request('host.pinged', {}) }),
  },
})
