/** An engine of a pool that is plagued. Each call that it carries out is a line of a file: its id, and its kind. */
import { appendFileSync, closeSync } from 'node:fs'
import { engine, method, t } from 'sidestream'

const file = process.env['CALLS_FILE'] ?? '/dev/null'
const params = t.type({ id: t.number, ms: t.number })

/** @param {'safe' | 'once'} kind */
const work =
  (kind) =>
  (/** @type {{ id: number, ms: number }} */ { id, ms }) => {
    appendFileSync(file, `${kind} ${id}\n`)
    return new Promise((resolve) => setTimeout(resolve, ms, id))
  }

export default engine({
  name: 'worker',
  version: '1.0.0',
  limit: { concurrency: 1000, queue: 10_000 },
  methods: {
    safe: method({ params, idempotent: true, handler: work('safe') }),
    once: method({ params, handler: work('once') }),
    block: method({
      params: t.type({ ms: t.number }),
      handler: ({ ms }) => {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
        return ms
      },
    }),
    /** One of its pipes to the host: 0 is its input, 3 its channel, 4 its heartbeat. */
    close: method({
      params: t.type({ fd: t.number }),
      handler: ({ fd }) => {
        setImmediate(() => (fd === 0 ? process.stdin.destroy() : closeSync(fd)))
        return fd
      },
    }),
  },
})
