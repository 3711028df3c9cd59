/** The engines in Python have tests of their own, with real models: in a Python that has the libraries. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const test = suite('speech engines in Python, with real models')
const folder = fileURLToPath(new URL('../../../src/bridge/python/tests/real', import.meta.url))
/** Fewer would mean that some were not found. */
const fewest = 20

test('hear what is said, stay small, and tell what is wrong', async () => {
  const python = process.env.SIDESTREAM_TEST_PYTHON
  assert.ok(python, 'SIDESTREAM_TEST_PYTHON names a Python with faster-whisper and funasr-onnx')
  const child = spawn(python, ['-m', 'unittest', 'discover', '-s', folder], {
    stdio: ['ignore', 'inherit', 'pipe'],
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  })
  const [report, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
  assert.is(code, 0, report)
  assert.ok(Number(/^Ran (\d+) tests/m.exec(report)?.[1]) >= fewest, report)
})

test.run()
