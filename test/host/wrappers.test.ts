/** Engines that are started by something else: npm's npx, and a shell that tells of their end in its own way. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type RpcError } from 'sidestream/host'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { cli, tester } from '../cli/sidestream.js'

const test = suite('wrappers')
const folder = mkdtempSync(join(tmpdir(), 'sidestream-wrappers-'))
test.after(() => rmSync(folder, { recursive: true }))

/** A project that has the command installed, as far as npx can tell. */
mkdirSync(join(folder, 'node_modules/.bin'), { recursive: true })
writeFileSync(join(folder, 'package.json'), '{"private":true}')
symlinkSync(cli, join(folder, 'node_modules/.bin/sidestream'))

test('an engine behind npx is called, and ended', async () => {
  const client = await connect({
    command: 'npx',
    args: ['--no-install', 'sidestream', 'run', tester, '--log-level=warn'],
    cwd: folder,
    env: { npm_config_update_notifier: 'false', npm_config_cache: join(folder, 'cache') },
  })
  assert.is(client.info?.engine.name, 'tester')
  assert.is(await client.request('add', { a: 2, b: 40 }), 42)
  assert.equal(await client.close(), { how: 'exited', exitCode: 0 })
})

test('a shell that ends with 137 tells that its child was killed: memory was short', async () => {
  const text = 'process.kill(process.pid, "SIGKILL")'
  const started = connect({
    command: 'sh',
    args: ['-c', '"$@"; exit $?', 'sh', process.execPath, '-e', text],
  })
  const error = await started.then(
    () => assert.unreachable('it has started'),
    (thrown: RpcError) => thrown,
  )
  const { kind, message, facts } = error as RpcError
  assert.is(kind, 'EngineGone')
  assert.is(facts['exitCode'], 137)
  assert.match(facts['hint'] as string, /^out of memory/)
  assert.match(message, /exit code 137: out of memory/)
})

test.run()
