/** Engines that are named instead of given by a path. */
import { connect, moduleCommand } from 'sidestream/host'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { builtInEngine, builtInNames } from '../../src/cli/built-in-engines.js'
import { folderOf, sidestream, start } from './sidestream.js'

const test = suite('built-in engines')

test('are served, called, described and watched by their names', async () => {
  const request = '{"jsonrpc":"2.0","id":1,"method":"models.list"}\n'
  const run = await sidestream(['run', 'fake', '--log-level', 'warn'], { stdin: request })
  assert.equal([run.code, run.stderr], [0, ''])
  assert.match(run.stdout, '"model":"fake-small","path":')
  const call = await sidestream(['call', 'fake', 'models.list', '--json'])
  assert.match(call.stdout, '"state":"available"')
  assert.match((await sidestream(['describe', 'fake'])).stdout, 'transcription.transcribe')
  assert.match((await sidestream(['health', 'fake'])).stdout, 'health: ok')
})

test('have settings of their own', async () => {
  const { stdout } = await sidestream([
    'config',
    'explain',
    'engines.fake.keepAliveMs',
    '--engine',
    'fake',
  ])
  assert.match(stdout, '300000')
  const { code, stderr } = await sidestream(['run', 'fake', '--set', 'engines.fake.device=gpu'])
  assert.is(code, 78)
  assert.match(stderr, /engines\.fake\.device.*cpu/)
})

test('are kept running by a host', async () => {
  const { child, printed, ran } = start(['host', 'fake', 'other=fake'])
  await printed('"engine":"other"')
  child.kill('SIGTERM')
  const { code, stdout } = await ran
  assert.is(code, 0)
  assert.match(stdout, '"engine":"fake"')
})

test('are started by the host of an app', async () => {
  const client = await connect(moduleCommand('fake', ['--log-level=warn']))
  assert.is(client.info?.engine.name, 'fake')
  await client.close()
})

test('do not stand in the way of a path', async () => {
  const folder = folderOf({ 'fake.js': "import 'nothing-of-this-name'" })
  assert.match((await sidestream(['health', `${folder}/fake`])).stderr, 'Did you mean')
  assert.match((await sidestream(['health', './fake'])).stderr, 'There is no engine at ./fake')
})

test('are named where one is not found, and by the help', async () => {
  assert.match(
    (await sidestream(['health', 'fakee'])).stderr,
    /There is no engine at fakee.*names: .*fake.*\. Did you mean fake\?/,
  )
  assert.match((await sidestream(['help'])).stdout, /one that is built in: .*fake/)
})

test('are the files of a folder', () => {
  assert.ok(builtInNames().includes('fake'))
  assert.match(builtInEngine('fake') ?? '', /fake\.ts$/)
  for (const name of ['nothing', 'fake.ts', './fake', '../fake', 'Fake', ''])
    assert.is(builtInEngine(name), undefined, name)
})

test.run()
