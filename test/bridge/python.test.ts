import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { pythonCommand } from '../../src/bridge/python.js'

const test = suite('pythonCommand')

test('a file, with its arguments, by the interpreter that is named', () => {
  const { command, args } = pythonCommand({
    python: 'v/bin/python',
    file: 'a.py',
    args: ['--fast'],
  })
  assert.equal([command, args], ['v/bin/python', ['a.py', '--fast']])
})

test('a module, which is not looked for in the working directory', () => {
  const { args, env, cwd } = pythonCommand({ module: 'a.b', cwd: '/work' })
  assert.equal([args, env?.['PYTHONSAFEPATH'], cwd], [['-m', 'a.b'], '1', '/work'])
})

test('offline, unless it is told otherwise, and with folders of its own behind ours', () => {
  const { env = {} } = pythonCommand({ file: 'a.py' })
  assert.equal([env['HF_HUB_OFFLINE'], env['PYTHONUNBUFFERED']], ['1', '1'])
  assert.is(env['ORT_DISABLE_TELEMETRY'], '1')
  assert.match(String(env['PYTHONPATH']), /src.bridge.python$/)
  const own = pythonCommand({ file: 'a.py', env: { HF_HUB_OFFLINE: '0', PYTHONPATH: 'mine' } })
  assert.is(own.env?.['HF_HUB_OFFLINE'], '0')
  assert.match(String(own.env?.['PYTHONPATH']), /src.bridge.python[:;]mine$/)
})

test.run()
