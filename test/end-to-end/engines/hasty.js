import { engine } from 'sidestream'
import { methods } from './methods.js'

export default engine({
  name: 'hasty',
  version: '1.0.0',
  drain: '300ms',
  limit: { concurrency: 4, queue: 100_000 },
  methods,
})
