import { existsSync, readFileSync, writeSync } from 'node:fs'
import { engine, method, t } from 'sidestream'
import { methods } from './methods.js'

const file = t.type({ file: t.string })

/** Lasts until the test makes the file. */
const spin = (/** @type {string} */ path) => {
  while (!existsSync(path));
}
const waitForever = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)

export default engine({
  name: 'hosted',
  version: '1.0.0',
  methods: {
    ...methods,
    native: method({ handler: () => writeSync(1, 'native') }),
    environment: method({
      handler: () => Object.keys(process.env).filter((name) => name.startsWith('SIDESTREAM_')),
    }),
    spin: method({ params: file, handler: (params) => spin(params.file) ?? 'spun' }),
    /** Blocks in native code until the test writes to the named pipe. */
    read: method({ params: file, handler: (params) => readFileSync(params.file, 'utf8') }),
    wait: method({ handler: () => waitForever() }),
  },
})
