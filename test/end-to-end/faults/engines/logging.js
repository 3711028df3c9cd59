import { rmSync, writeFileSync } from 'node:fs'
import { engine, method, t } from 'sidestream'

export default engine({
  name: 'logging',
  version: '1.0.0',
  methods: {
    log: method({
      params: t.type({ from: t.number, to: t.number }),
      handler: ({ from, to }, { log }) => {
        for (let n = from; n < to; n += 1) log.info({ n }, 'a line')
        return to
      },
    }),
    /** Writes until the disk is full, if that is a small one. */
    fill: method({
      params: t.type({ file: t.string }),
      handler: ({ file }) => {
        let size = 4096
        for (let pieces = 0; size >= 1 && pieces < 1000; pieces += 1) {
          try {
            writeFileSync(file, 'x'.repeat(size), { flag: 'a' })
          } catch {
            size >>= 1
          }
        }
        return size === 0
      },
    }),
    free: method({
      params: t.type({ file: t.string }),
      handler: ({ file }) => rmSync(file),
    }),
  },
})
