/** Engines that nobody here wrote: any program that speaks JSON-RPC 2.0 over its standard streams. */
import { fileURLToPath } from 'node:url'
import { connect, type RpcError, supervise } from 'sidestream/host'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const test = suite('foreign engines')

/** Python's standard library, and logging as it comes. */
const python = `
import json, logging, sys
logging.warning('the model is %s', 'old')
for line in sys.stdin:
    message = json.loads(line)
    if 'id' not in message:
        continue
    if message['method'] == 'add':
        reply = {'result': message['params']['a'] + message['params']['b']}
    elif message['method'] == 'steps':
        for step in range(3):
            progress = {'token': message['id'], 'value': step}
            print(json.dumps({'jsonrpc': '2.0', 'method': '$/progress', 'params': progress}), flush=True)
        reply = {'result': 'done'}
    else:
        reply = {'error': {'code': -32601, 'message': 'no method ' + message['method']}}
    print(json.dumps({'jsonrpc': '2.0', 'id': message['id'], **reply}), flush=True)
`

const vscode = fileURLToPath(new URL('engines/vscode-server.mjs', import.meta.url))

test('a Python program', async () => {
  const levels: string[] = []
  const told: string[] = []
  const log = new Proxy({} as never, {
    get: (_, level: string) =>
      level === 'child'
        ? () => log
        : (_facts: object, message: string) => {
            levels.push(level)
            told.push(message)
          },
  })
  const client = await connect({ command: 'python3', args: ['-c', python], log })
  assert.is(client.info, undefined)
  assert.is(await client.request('add', { a: 2, b: 40 }), 42)
  const steps: unknown[] = []
  assert.is(await client.request('steps', {}, { onProgress: (value) => steps.push(value) }), 'done')
  assert.equal(steps, [0, 1, 2])
  const error = (await client.request('nope').catch((it) => it)) as RpcError
  assert.is(error.message, 'no method nope')
  assert.equal([levels[0], told[0]], ['warn', 'the model is old'])
  assert.equal(await client.close(), { how: 'exited', exitCode: 0 })
})

test('a server of vscode-jsonrpc, with headers, that calls back', async () => {
  const client = await connect({
    command: process.execPath,
    args: [vscode],
    framing: 'content-length',
    methods: { 'host.name': () => 'lingosub' },
  })
  assert.is(await client.request('add', { a: 2, b: 40 }), 42)
  assert.is(await client.request('greet'), 'hello lingosub')
  const cancelled = new AbortController()
  const open = client.request('wait', {}, { signal: cancelled.signal })
  await client.request('add', { a: 1, b: 1 }) // by then the other one has begun
  cancelled.abort()
  assert.is(((await open.catch((it) => it)) as RpcError).kind, 'RequestCancelled')
  assert.is(await client.request('wasCancelled'), true)
  await client.close(100)
})

test('one under supervision: ready when it answers, pinged, and ended by the end of its input', async () => {
  const engines = supervise({
    engines: {
      python: {
        command: 'python3',
        args: ['-c', python],
        idempotent: ['add'],
        liveness: { every: '50ms', timeout: '5s' },
        restart: { backoff: { base: 1 } },
      },
    },
    blackBoxes: false,
  })
  await engines.ready()
  const [{ pid } = { pid: undefined }] = engines.status
  const again = new Promise<void>((resolve) => {
    engines.events$.subscribe(({ type }) => {
      if (type === 'ready') resolve()
    })
  })
  process.kill(pid as number, 'SIGKILL')
  assert.is(await engines.engine('python').request('add', { a: 1, b: 1 }), 2)
  await again
  await engines.stop()
  assert.is(engines.status[0]?.lastEnd?.reason, 'stopped')
})

test.run()
