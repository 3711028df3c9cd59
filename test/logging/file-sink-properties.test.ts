import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { LogFolder } from './file-folder.js'

const test = suite('file sink, any lines')

const step = fc.record({
  bytes: fc.integer({ min: 1, max: 60 }),
  waitMs: fc.oneof(fc.constant(0), fc.integer({ min: -2000, max: 5000 })),
  next: fc.constantFrom('go on', 'go on', 'go on', 'restart'),
})

test('files stay within their limits, and what was written last is there in order', () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 60 }),
      fc.integer({ min: 1, max: 100 }),
      fc.option(fc.integer({ min: 500, max: 8000 }), { nil: undefined }),
      fc.oneof(fc.integer({ min: 0, max: 4 }), fc.constant(100)),
      (steps, maxBytes, maxAgeMs, keep) => {
        const log = new LogFolder()
        try {
          let sink = log.sink({ maxBytes, maxAgeMs, keep })
          let written = ''
          for (const [index, { bytes, waitMs, next }] of steps.entries()) {
            const line = `${`${index}:`.padEnd(bytes - 1, 'x').slice(0, bytes - 1)}\n`
            sink.write(line)
            written += line
            log.aheadMs += waitMs
            if (next === 'restart') {
              sink.close()
              sink = log.sink({ maxBytes, maxAgeMs, keep })
            }
          }
          sink.close()
          const files = log.files()
          assert.ok(files.length <= keep + 1)
          assert.is(log.names().length, files.length) // no lock is left
          for (const file of files) {
            assert.ok(file.endsWith('\n'))
            assert.ok(file.length <= maxBytes || file.indexOf('\n') === file.length - 1)
          }
          const kept = files.join('')
          assert.ok(written.endsWith(kept))
          if (keep === 100) assert.is(kept, written)
          assert.is(sink.dropped, 0)
          assert.equal(log.problems, [])
        } finally {
          log.remove()
        }
      },
    ),
    { numRuns: 150 },
  )
})

test.run()
