/** A Python engine is an engine as any other to our host. */
import { firstValueFrom, toArray } from 'rxjs'
import { connect, supervise } from 'sidestream/host'
import * as assert from 'uvu/assert'
import { pythonCommand } from '../../src/bridge/python.js'
import { engineFile, pythonSuite } from './python-suite.js'

const test = pythonSuite('Python engines: under our host')

test('connect: it tells of itself, and frames have a channel of their own', async () => {
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

test('supervise: it beats, answers pings in the middle of a job, and its calls are replayed', async () => {
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
})

test.run()
