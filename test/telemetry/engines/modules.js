/** Tells what has been loaded in its process. */
import { createRequire } from 'node:module'
import { engine, method } from 'sidestream'

const { cache } = createRequire(import.meta.url)

export default engine({
  name: 'modules',
  version: '1.0.0',
  methods: {
    /** Files of packages of OpenTelemetry, its API included. */
    opentelemetry: method({
      handler: () => Object.keys(cache).filter((file) => file.includes('@opentelemetry')).length,
    }),
    all: method({ handler: () => Object.keys(cache).length }),
  },
})
