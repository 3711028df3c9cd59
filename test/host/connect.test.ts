/** Engines as real processes: ours, and others that behave worse. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type RpcError } from 'sidestream/host'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Client, type ClientOptions } from '../../src/host/client.js'
import { welcome } from '../../src/host/welcome.js'
import { realClock } from '../../src/ports/clock.js'
import { startChild } from '../../src/transport/child-process.js'
import { cli, tester } from '../cli/sidestream.js'

const test = suite('connect')
const folder = mkdtempSync(join(tmpdir(), 'sidestream-host-'))
test.after(() => rmSync(folder, { recursive: true }))

const command = process.execPath
const engine = (...more: string[]) =>
  connect({ command, args: [cli, 'run', tester, '--log-level', 'warn', ...more] })
/** A process that runs this text, and is talked to without a handshake: it knows none. */
const script = async (text: string, options: ClientOptions = {}) =>
  new Client(await startChild({ command, args: ['-e', text] }), realClock, options)
const failure = (request: Promise<unknown>): Promise<RpcError> =>
  request.then(
    () => assert.unreachable('it was answered'),
    (error: RpcError) => error,
  ) as Promise<RpcError>

test('calls an engine, hears of progress, and ends it', async () => {
  const client = await engine()
  const heard: unknown[] = []
  assert.is(await client.request('add', { a: 1, b: 2 }), 3)
  assert.is(await client.request('steps', {}, { onProgress: (value) => heard.push(value) }), 'done')
  assert.equal(heard, [
    { done: 1, total: 2 },
    { done: 2, total: 2 },
  ])
  assert.equal(await client.close(), { how: 'exited', exitCode: 0 })
})

test('speaks the other framing', async () => {
  const client = await connect({
    command,
    args: [cli, 'run', tester, '--log-level=warn'],
    framing: 'content-length',
  })
  assert.equal(await client.request('echo', { text: 'é😀' }), { text: 'é😀' })
  await client.close()
})

test('answers a call from the engine, and passes errors on with their facts', async () => {
  const client = await engine()
  assert.equal(await client.request('askHost'), { kind: 'MethodNotFound', code: -32601 })
  const error = await failure(client.request('fail'))
  assert.is(error.kind, 'ModelNotFound')
  assert.equal(error.facts, { model: 'base.en' })
  await client.close()
})

test('fails every open request when the engine dies, with its last words', async () => {
  const client = await engine()
  const all = await Promise.all([failure(client.request('wait')), failure(client.request('die'))])
  for (const { kind, facts } of all) {
    assert.is(kind, 'EngineGone')
    assert.equal(facts, {
      exitCode: 3,
      delivery: 'possible',
      stderr: ['the disk is on fire'],
      restarting: false,
    })
  }
  const { facts } = await failure(client.request('add', { a: 1, b: 2 }))
  assert.is(facts['exitCode'], 3)
})

test('fails open requests when the engine is killed', async () => {
  const client = await engine()
  await client.request('echo')
  const open = failure(client.request('wait'))
  process.kill(client.pid as number, 'SIGKILL')
  assert.is((await open).facts['signal'], 'SIGKILL')
  assert.equal(await client.ended, { how: 'killed', signal: 'SIGKILL' })
})

test('takes the answer that an engine gave just before it died', async () => {
  const client = await script(`process.stdin.once('data', () => {
    require('fs').writeSync(1, '{"jsonrpc":"2.0","id":1,"result":"' + 'x'.repeat(200000) + '"}\\n')
    process.kill(process.pid, 'SIGKILL')
  })`)
  assert.is(((await client.request('last')) as string).length, 200_000)
})

test('tells why an engine cannot be started', async () => {
  const file = join(folder, 'not-executable')
  writeFileSync(file, 'x')
  const notStarted = async (options: Parameters<typeof connect>[0]): Promise<string> => {
    const { kind, message, retryable, facts } = await failure(connect(options))
    assert.is(kind, 'EngineGone')
    assert.is(retryable, false)
    assert.is(facts['delivery'], 'never')
    return message
  }
  const missing = await notStarted({ command: './no-such-engine' })
  assert.is(missing, 'The engine could not be started: there is no command ./no-such-engine')
  assert.is(await notStarted({ command: './no-such-engine', handshake: false }), missing)
  assert.match(await notStarted({ command: file }), 'may not be executed')
  assert.match(
    await notStarted({ command, cwd: './no-such-folder' }),
    'there is no directory ./no-such-folder',
  )
})

test('refuses a framing that there is not, and leaves no process behind', async () => {
  const child = await startChild({ command, args: ['-e', 'setInterval(() => {}, 1000)'] })
  const error = await welcome(child, realClock, { framing: 'lsp' as 'ndjson' }).catch((it) => it)
  assert.match(error.message, /framing is 'ndjson' or 'content-length', and not lsp/)
  assert.equal(await child.ended, { how: 'killed', signal: 'SIGKILL' })
})

test('starts only the executable that it was told to', async () => {
  const file = join(folder, 'engine.sh')
  const started = join(folder, 'started')
  writeFileSync(file, `#!/bin/sh\ntouch ${started}\nexec '${command}' '${cli}' run '${tester}'\n`, {
    mode: 0o755,
  })
  const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex')
  const client = await connect({ command: file, sha256 })
  assert.is(await client.request('add', { a: 1, b: 2 }), 3)
  await client.close()
  rmSync(started)
  writeFileSync(file, '# changed', { flag: 'a' })
  const { kind, message, retryable } = await failure(connect({ command: file, sha256 }))
  assert.equal([kind, retryable], ['EngineGone', false])
  assert.match(message, new RegExp(`expected ${sha256.slice(0, 12)}`))
  assert.not.ok(existsSync(started))
})

test('gives the engine a directory, and of the environment what it is to have', async () => {
  process.env['SOME_TOKEN'] = 'secret'
  const text = 'process.stderr.write(JSON.stringify([process.cwd(), process.env]))'
  const child = await startChild({
    command,
    args: ['-e', text],
    cwd: folder,
    env: { MINE: 'x', HOME: undefined },
  })
  const client = new Client(child, realClock, {})
  await client.ended
  const [cwd, env] = JSON.parse(client.stderrTail)
  assert.is(cwd, folder)
  assert.is(env.MINE, 'x')
  assert.is(env.PATH, process.env['PATH'])
  assert.is(env.SOME_TOKEN, undefined)
  assert.is(env.HOME, undefined)
  delete process.env['SOME_TOKEN']
})

test('does not wait for what a dead engine has left behind', async () => {
  // The grandchild has left the group and holds the pipes open.
  const client = await script(`
    require('child_process').spawn('sleep', ['5'], { stdio: 'inherit', detached: true }).on('spawn', () => {
      process.stderr.write('left')
      process.exit(4)
    })`)
  const { facts } = await failure(client.request('add'))
  assert.is(facts['exitCode'], 4)
  assert.equal(facts['stderr'], ['left'])
})

test('kills what the engine has started, too', async () => {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const client = await script(`
    const text = "require('net').connect(${port}, '127.0.0.1')"
    require('child_process').spawn(process.execPath, ['-e', text], { stdio: 'ignore' })
    setInterval(() => {}, 1000)`)
  const [grandchild] = (await once(server, 'connection')) as [Socket]
  grandchild.on('error', () => {}).resume()
  const gone = once(grandchild, 'close')
  await client.kill()
  await gone
  server.close()
})

test('survives an engine that closes its input while it is written to', async () => {
  const client = await script(`
    require('fs').closeSync(0)
    process.stderr.write('closed\\n')
    setTimeout(() => process.exit(5), 100)`)
  await new Promise((resolve) => client.stderr$.subscribe(resolve))
  const open = [1, 2, 3].map(() => failure(client.request('add', { text: 'x'.repeat(2 ** 20) })))
  for (const { facts } of await Promise.all(open)) assert.is(facts['exitCode'], 5)
})

test('ends an engine that ignores everything but SIGKILL', async () => {
  const client = await script(`
    process.on('SIGTERM', () => process.stderr.write('SIGTERM ignored'))
    setInterval(() => {}, 1000)
    process.stdout.write('{"jsonrpc":"2.0","method":"up"}\\n')`)
  await new Promise((resolve) => client.notifications$.subscribe(resolve))
  const lines: string[] = []
  client.stderr$.subscribe((line) => lines.push(line))
  assert.equal(await client.close(1), { how: 'killed', signal: 'SIGKILL' })
  assert.equal(lines, ['SIGTERM ignored'])
})

test.run()
