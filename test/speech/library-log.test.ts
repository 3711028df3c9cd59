/** What libraries warn of does not look like what the engine warns of. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { libraryLog } from '../../src/speech/library-log.js'
import { testLog } from '../../src/testing/test-log.js'

const test = suite('the log of libraries')

const levels = (write: (log: ReturnType<typeof libraryLog>) => void): readonly string[] => {
  const { log, records } = testLog()
  write(libraryLog(log))
  return records.map(({ level, message }) => `${level} ${message}`)
}

test('has what a child prints, and what Python warns of, at info', () => {
  const told = levels((log) => {
    const child = log.child({ pid: 7 })
    child.warn({}, 'x.py:12: UserWarning: old')
    child.warn({ logger: 'py.warnings' }, 'x.py:12: UserWarning: old')
    child.info({}, 'fine')
  })
  assert.equal(told, [
    'info x.py:12: UserWarning: old',
    'info x.py:12: UserWarning: old',
    'info fine',
  ])
})

test('leaves errors, what is logged by name, and what the bridge says as they are', () => {
  const told = levels((log) => {
    log.warn({}, 'The child process was ended')
    const child = log.child({ pid: 7 })
    child.warn({ logger: 'faster_whisper' }, 'no language')
    child.error({}, 'Traceback')
  })
  assert.equal(told, ['warn The child process was ended', 'warn no language', 'error Traceback'])
})

test.run()
