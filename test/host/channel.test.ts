/** Frames have a socket of their own, also through wrappers, so that what native code prints harms nothing. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Command, connect, moduleCommand, type RpcError } from 'sidestream/host'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { testLog } from '../../src/testing/test-log.js'

const test = suite('channel')
const hosted = fileURLToPath(new URL('../end-to-end/engines/hosted.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'sidestream-channel-'))
test.after(() => rmSync(folder, { recursive: true }))

const direct = moduleCommand(hosted, ['--log-level=warn'])
const words = [direct.command, ...(direct.args ?? [])]
const wrapper = join(folder, 'wrapper.cjs')
writeFileSync(
  wrapper,
  `require('child_process').spawn(process.argv[2], process.argv.slice(3), { stdio: 'inherit' }).on('exit', process.exit)`,
)

const ways: readonly (readonly [string, Command, boolean])[] = [
  ['by itself', direct, true],
  ['through a shell', { command: 'sh', args: ['-c', '"$@"; exit $?', 'sh', ...words] }, true],
  // Its own descriptors 3 and 4 are something else, and are not mistaken for the host's.
  ['through a Node wrapper', { command: process.execPath, args: [wrapper, ...words] }, false],
]

for (const [way, command, hasChannel] of ways) {
  test(`an engine that is started ${way} is talked to, whatever it prints`, async () => {
    const { log, records } = testLog()
    const client = await connect({ ...command, log })
    assert.equal(await client.request('environment'), [])
    if (hasChannel) {
      assert.is(await client.request('native'), 6)
      assert.is(await client.request('native'), 6)
    }
    assert.equal(await client.request('echo', { still: 'here' }), { still: 'here' })
    await client.close()
    assert.is(client.strayBytes, hasChannel ? 12 : 0)
    const told = records.filter(({ message }) => message === 'nativenative')
    assert.is(told.length, hasChannel ? 1 : 0)
  })
}

test('a program that is none of ours never notices', async () => {
  const text = `
    process.stdin.on('data', (bytes) => {
      const { id, method } = JSON.parse(bytes)
      console.log(JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32601, message: method } }))
    })`
  const client = await connect({ command: process.execPath, args: ['-e', text] })
  assert.is(client.info, undefined)
  const refused = (await client.request('x').catch((error) => error)) as RpcError
  assert.is(refused.message, 'x')
  await client.close()
})

test.run()
