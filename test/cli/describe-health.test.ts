/** `sidestream describe` and `sidestream health` with real engines. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sidestream, tester } from './sidestream.js'

const test = suite('describe and health')

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
  assert.is(JSON.parse(stdout).openrpc, '1.3.2')
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

test.run()
