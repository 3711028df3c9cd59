import { firstValueFrom, toArray } from 'rxjs'
import { connect, supervise } from 'sidestream/host'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { pythonCommand } from '../../src/bridge/python.js'
import { engineFile, pythonSuite } from './python-suite.js'

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
  assert.match(String(env['PYTHONPATH']), /src.bridge.python$/)
  const own = pythonCommand({ file: 'a.py', env: { HF_HUB_OFFLINE: '0', PYTHONPATH: 'mine' } })
  assert.is(own.env?.['HF_HUB_OFFLINE'], '0')
  assert.match(String(own.env?.['PYTHONPATH']), /src.bridge.python[:;]mine$/)
})

test.run()

const hosted = pythonSuite('Python engines: under our host')

hosted('connect: it tells of itself, and frames have a channel of their own', async () => {
  const client = await connect(pythonCommand({ file: engineFile('worker.py') }))
  assert.equal(client.info?.engine, { name: 'worker', version: '1.2.3' })
  const updates = await firstValueFrom(client.updates('count', { n: 1 }).pipe(toArray()))
  assert.equal(updates.at(-1), { kind: 'result', value: 1 })
  const some = client.batch([
    { method: 'add', params: { a: 1, b: 2 } },
    { method: 'echo', params: [[1]] },
  ])
  assert.equal(await Promise.all(some), [3, [1]])
  assert.equal(await client.request('chatter'), '')
  assert.is(client.strayBytes, 0, 'what is printed to descriptor 1 is on stderr')
  assert.equal(await client.close(), { how: 'exited', exitCode: 0 })
})

hosted(
  'supervise: it beats, answers pings in the middle of a job, and its calls are replayed',
  async () => {
    const engines = supervise({
      engines: {
        worker: {
          ...pythonCommand({ file: engineFile('worker.py') }),
          liveness: { every: 20, timeout: 2000 },
          idempotent: ['echo'],
        },
      },
      blackBoxes: false,
    })
    await engines.ready()
    const worker = engines.engine('worker')
    const { pid } = engines.status[0] ?? {}
    assert.is(await worker.request('deaf', { seconds: 0.3 }), 'done')
    assert.is(engines.status[0]?.pid, pid)
    process.kill(pid as number, 'SIGKILL')
    assert.is(await worker.request('echo', { value: 7 }), 7)
    assert.is.not(engines.status[0]?.pid, pid)
    await engines.stop()
  },
)

hosted.run()
