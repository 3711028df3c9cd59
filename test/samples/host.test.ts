/** The samples of the host side run as they are. */
import { spawnSync } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { moduleCommand, type Supervisor, supervise } from 'sidestream/host'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { serveEngines } from '../../samples/electron/engines.js'
import { tester } from '../cli/sidestream.js'

const test = suite('host samples')
const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'sidestream-samples-'))
test.after(() => rmSync(folder, { recursive: true }))

test('samples/host.ts: an engine that is killed comes back, and answers', () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--conditions=sidestream-source', '--import', 'tsx', 'samples/host.ts'],
    {
      cwd: root,
      encoding: 'utf8',
      timeout: 60_000,
      env: { ...process.env, XDG_STATE_HOME: folder },
    },
  )
  assert.is(status, 0, stderr)
  const lines = stdout.trim().split('\n')
  assert.ok(lines.includes('2 + 40 = 42, and somebody speaks 5 times'), stdout)
  assert.ok(lines.includes('slept 100 ms all the same'), stdout)
  const first = lines.filter((line) => line.startsWith('echo '))
  const order = ['starting', 'ready', 'ended', 'restarting', 'starting', 'ready', 'ended']
  assert.equal(
    first.filter((line) => line !== 'echo black-box'),
    order.map((it) => `echo ${it}`),
  )
})

/** The parts of Electron that the sample takes, as far as it uses them. */
const electron = (engines: Supervisor) => {
  const handlers = new Map<string, (...args: unknown[]) => Promise<unknown>>()
  const ipcMain = Object.assign(new EventEmitter(), {
    handle: (channel: string, handler: (...args: unknown[]) => Promise<unknown>) => {
      handlers.set(channel, handler)
    },
  })
  const app = Object.assign(new EventEmitter(), { quit: () => void app.emit('quit') })
  const sent: unknown[] = []
  const sender = Object.assign(new EventEmitter(), {
    id: 7,
    isDestroyed: () => false,
    send: (_channel: string, message: unknown) => sent.push(message),
  })
  serveEngines({ engines, methods: ['add', 'steps', 'wait', 'fail'], ipcMain, app })
  const request = (call: object) => handlers.get('engines:request')?.({ sender }, call)
  return { ipcMain, app, sender, sent, request }
}

test('samples/electron: windows call, hear of progress, cancel, and nothing runs after the app', async () => {
  const engines = supervise({
    engines: { tester: moduleCommand(tester, ['--log-level=warn']) },
    blackBoxes: false,
    runFolder: join(folder, 'run'),
  })
  const { ipcMain, app, sender, sent, request } = electron(engines)
  await engines.ready()
  const call = { id: '1', engine: 'tester', method: 'add', params: { a: 2, b: 40 } }
  assert.equal(await request(call), { result: 42 })
  assert.equal(await request({ ...call, id: '2', method: 'steps', params: {} }), { result: 'done' })
  assert.is(sent.length, 2)
  const { error: failed } = (await request({ ...call, id: '3', method: 'fail' })) as {
    error: { kind: string }
  }
  assert.is(failed.kind, 'ModelNotFound')
  const { error: forbidden } = (await request({ ...call, method: 'die' })) as {
    error: { kind: string }
  }
  assert.is(forbidden.kind, 'MethodNotFound')
  const waiting = request({ ...call, id: '4', method: 'wait', params: {} })
  ipcMain.emit('engines:cancel', { sender }, '4')
  assert.is(((await waiting) as { error: { kind: string } }).error.kind, 'RequestCancelled')
  const closing = request({ ...call, id: '5', method: 'wait', params: {} })
  sender.emit('destroyed')
  assert.is(((await closing) as { error: { kind: string } }).error.kind, 'RequestCancelled')
  let isPrevented = false
  const quit = once(app, 'quit')
  app.emit('before-quit', {
    preventDefault: () => {
      isPrevented = true
    },
  })
  await quit
  assert.ok(isPrevented)
  assert.is(engines.status.filter(({ pid }) => pid !== undefined).length, 0)
})

test('samples/electron: says what is missing when nobody told what windows may call', () => {
  const parts = { ipcMain: new EventEmitter(), app: new EventEmitter() } as never
  assert.throws(() => serveEngines(parts), /serveEngines wants methods: what windows may call/)
})

test.run()
