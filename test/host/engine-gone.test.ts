/** What the ending of a process commonly means. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { hintOf } from '../../src/host/engine-gone.js'

const test = suite('engine gone')
const memory = 'out of memory, likely; give it more, or a smaller model or batch'

test('what is printed of a lack of memory says more than an exit code', () => {
  const exited = { how: 'exited', exitCode: 1 } as const
  for (const line of [
    'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
    'MemoryError',
    "terminate called after throwing an instance of 'std::bad_alloc'",
    'OpenBLAS error: Memory allocation still failed after 10 retries, giving up.',
    'OSError: [Errno 12] Cannot allocate memory',
  ])
    assert.is(hintOf(exited, ['before', line]), memory, line)
  assert.is(hintOf(exited, ['Error: boom']), undefined)
})

test('a signal tells its common cause, by itself or through a shell', () => {
  assert.is(hintOf({ how: 'killed', signal: 'SIGKILL' }, []), memory)
  assert.is(hintOf({ how: 'exited', exitCode: 137 }, []), memory)
  assert.match(
    hintOf({ how: 'killed', signal: 'SIGILL' }, []) ?? '',
    'the CPU lacks an instruction',
  )
  assert.is(hintOf({ how: 'killed', signal: 'SIGSEGV' }, []), 'a crash in native code')
})

test.run()
