/** The engines in Python have tests of their own, with real models: in the Python that was installed for each. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { dataFolder, installedEngine } from './installed-engine.js'

const test = suite('speech engines in Python, with real models')
const folder = fileURLToPath(new URL('../../../src/bridge/python/tests/real', import.meta.url))

/** Fewer tests would mean that some were not found. */
for (const [engine, model, fewest] of [
  ['faster-whisper', 'tiny.en', 21],
  ['funasr', 'fsmn-vad', 3],
] as const) {
  test(`${engine} hears what is said, stays small, and tells what is wrong`, async () => {
    installedEngine(engine, model)
    const python = join(dataFolder, 'sidestream', 'engines', engine, 'venv', 'bin', 'python')
    const pattern = `test_${engine.replace('-', '_')}.py`
    const child = spawn(python, ['-m', 'unittest', 'discover', '-s', folder, '-p', pattern], {
      stdio: ['ignore', 'inherit', 'pipe'],
      env: {
        ...process.env,
        PYTHONDONTWRITEBYTECODE: '1',
        SIDESTREAM_TEST_MODEL: join(dataFolder, 'sidestream', 'models', engine, model),
      },
    })
    const [report, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
    assert.is(code, 0, report)
    assert.not.match(report, /skipped/)
    assert.ok(Number(/^Ran (\d+) tests/m.exec(report)?.[1]) >= fewest, report)
  })
}

test.run()
