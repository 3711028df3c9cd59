import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defaultTelemetry } from '../../src/cli/process-telemetry.js'
import { resolved, subject } from '../config/config-of.js'

const test = suite('telemetry of a process without a config')

test('is what the config says where nothing is set', () => {
  const { config } = resolved(subject(), {})
  assert.equal(config?.telemetry, defaultTelemetry)
})

test.run()
