import { HealthCheckResult } from 'sidestream/models'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { folderOf, sidestream } from '../cli/sidestream.js'

const test = suite('speech engines in Python')

test('are not well without a Python that has what they need, and say what helps', async () => {
  const env = { XDG_DATA_HOME: folderOf({}) }
  const { stdout } = await sidestream(['health', 'faster-whisper', '--json'], { env })
  const { python } = JSON.parse(stdout).checks
  assert.ok(HealthCheckResult.is(python))
  assert.is(python.status, 'failing')
  assert.match(JSON.stringify(python), 'npx sidestream engines install faster-whisper')
})

test.run()
