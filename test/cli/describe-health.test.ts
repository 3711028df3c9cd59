/** `sidestream describe` and `sidestream health` with real engines. */
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { folderOf, packageUrl, sidestream, start, tester } from './sidestream.js'

const test = suite('describe and health')
/** An engine outside of this package. */
const starting = (onStart: string): string =>
  `import { engine } from '${packageUrl}'
   export default engine({ name: 'e', version: '1.0.0', methods: {}, onStart: ${onStart} })`

test('describes an engine', async () => {
  const { code, stdout, stderr } = await sidestream(['describe', tester])
  assert.is(code, 0)
  assert.is(stderr, '')
  assert.match(stdout, /^tester 1\.2\.3\nFor tests\.\n\nadd\n {2}Adds two numbers\./)
  assert.match(stdout, 'As in every engine: engine.describe')
})

test('describes one method, and names the nearest one', async () => {
  const { stdout } = await sidestream(['describe', tester, 'add'])
  assert.is(
    stdout,
    'add\n  Adds two numbers.\n  params    a  number\n            b  number\n  result    number\n',
  )
  const { code, stderr } = await sidestream(['describe', tester, 'ad'])
  assert.is(code, 64)
  assert.match(stderr, 'There is no method ad. Did you mean add?')
})

test('gives the OpenRPC document', async () => {
  const { stdout } = await sidestream(['describe', tester, '--json'])
  const { openrpc, methods } = JSON.parse(stdout)
  assert.is(openrpc, '1.3.2')
  const cancel = methods.find(({ name }: { name: string }) => name === '$/cancelRequest')
  assert.is(cancel['x-notification'], true)
  assert.is(cancel.result, undefined)
  assert.equal(
    cancel.params.map(({ name }: { name: string }) => name),
    ['id'],
  )
})

test('tells how an engine is', async () => {
  const { code, stdout, stderr } = await sidestream(['health', tester])
  assert.is(code, 0)
  assert.is(stderr, '')
  assert.match(stdout, /^health: ok\n {2}state +ready/)
  assert.match(stdout, 'busy 0 %') // its start is no load
  const json = await sidestream(['health', tester, '--json'])
  assert.is(JSON.parse(json.stdout).status, 'ok')
})

test('tells what an engine suffers from, also by its exit code', async () => {
  const { code, stdout } = await sidestream(['health', tester], {
    stdin: '',
    env: { TESTER_IS_ILL: '1' },
  })
  assert.is(code, 1)
  assert.match(stdout, 'check disk  failing, it is on fire')
})

test('tells how an engine is once it has started', async () => {
  const folder = folderOf({
    'slow.js': starting('() => new Promise((resolve) => setTimeout(resolve, 300))'),
  })
  const { code, stdout } = await sidestream(['health', join(folder, 'slow.js')])
  assert.match(stdout, /^health: ok\n {2}state +ready/)
  assert.is(code, 0)
})

test('ends with the exit code of an engine that does not start, soon or late', async () => {
  const folder = folderOf({
    'soon.js': starting("() => { throw new Error('no model') }"),
    'late.js': starting(
      "() => new Promise((_, reject) => setTimeout(() => reject(new Error('no model')), 300))",
    ),
  })
  for (const name of ['soon.js', 'late.js']) {
    const { code, stdout, stderr } = await sidestream(['health', join(folder, name)])
    assert.is(code, 70, name)
    assert.is(stdout, '')
    assert.match(stderr, 'no model')
    assert.match(stderr, 'health.check failed: The engine has ended with exit code 70')
  }
})

test('does not wait for ever at Ctrl-C', async () => {
  const folder = folderOf({
    'never.js': starting("() => (console.log('it begins'), new Promise(() => {}))"),
  })
  const { child, ran, printed } = start(['health', join(folder, 'never.js'), '--verbose'])
  await printed('it begins')
  child.kill('SIGINT')
  assert.is((await ran).code, 130)
})

test.run()
