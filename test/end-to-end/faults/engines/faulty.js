/** An engine of ours in which everything goes wrong that is asked for. */
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { engine, method, t } from 'sidestream'

const { DRAIN, EXIT_FILE, NEVER_READY } = process.env
/** What is not there afterwards was killed. */
process.on('exit', (code) => {
  if (EXIT_FILE !== undefined) writeFileSync(EXIT_FILE, JSON.stringify({ code, at: Date.now() }))
})
const hang = () => new Promise(() => {})
const sum = t.type({ a: t.number, b: t.number })

/** @param {'ignore' | 'inherit'} stdio */
const sleeper = async (stdio, detached = false) => {
  const child = spawn('sleep', ['300'], { stdio, detached })
  await new Promise((resolve) => child.once('spawn', resolve))
  return child.pid
}

export default engine({
  name: 'faulty',
  version: '1.0.0',
  ...(DRAIN !== undefined && { drain: Number(DRAIN) }),
  ...(NEVER_READY !== undefined && { onStart: hang }),
  methods: {
    add: method({ params: sum, handler: ({ a, b }) => a + b }),
    sum: method({ params: sum, idempotent: true, handler: ({ a, b }) => a + b }),
    pid: method({ handler: () => process.pid }),
    hang: method({ handler: hang }),
    /** Keeps the event loop from anything else, without using the processor. */
    block: method({
      params: t.type({ ms: t.number }),
      handler: function blockedHere({ ms }) {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
        return ms
      },
    }),
    /** Hears nothing of what is written to it from then on. */
    deaf: method({
      handler: () => {
        setImmediate(() => process.stdin.pause())
        return null
      },
    }),
    big: method({
      params: t.type({ bytes: t.number }),
      handler: ({ bytes }) => '0123456789abcdef'.repeat(bytes / 16),
    }),
    /** Two more processes in its group. */
    family: method({ handler: () => Promise.all([sleeper('ignore'), sleeper('ignore')]) }),
    /** One in its group, and one outside that holds its standard streams. */
    heirs: method({ handler: () => Promise.all([sleeper('ignore'), sleeper('inherit', true)]) }),
    exit: method({ params: t.type({ code: t.number }), handler: ({ code }) => process.exit(code) }),
    /** Another process writes to the engine's stderr, as fast as that is read. */
    flood: method({
      params: t.type({ bytes: t.number }),
      handler: async ({ bytes }) => {
        const text = `yes ${'x'.repeat(150)} | head -c ${bytes} >&2`
        const child = spawn('sh', ['-c', text], { stdio: ['ignore', 'ignore', 'inherit'] })
        return new Promise((resolve) => child.once('exit', resolve))
      },
    }),
  },
})
