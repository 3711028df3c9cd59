/** Python programs where the command wants an engine. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { pythonSuite } from '../bridge/python-suite.js'
import { folderOf, sidestream, start } from './sidestream.js'

const test = pythonSuite('the command, with engines in Python')
const words = fileURLToPath(new URL('../../samples/python-engine/engine.py', import.meta.url))

test('calls one, and tells what is wrong with a call', async () => {
  const params = '{"a": 2, "b": 40}'
  assert.equal(await sidestream(['call', words, 'add', params]), {
    ...{ code: 0, stdout: '42\n', stderr: '' },
  })
  const { code, stderr } = await sidestream(['call', words, 'ad', params])
  assert.is(code, 1)
  assert.match(stderr, 'Did you mean add?')
  const texts = '{"texts": ["one", "two three"]}'
  const streamed = await sidestream(['call', words, 'count_words', texts, '--stream'])
  assert.is(streamed.stdout, '{"done":1,"total":2}\n{"done":2,"total":2}\n3\n')
})

test('describes one', async () => {
  const { code, stdout } = await sidestream(['describe', words])
  assert.is(code, 0)
  assert.match(stdout, /^python-sample 1\.0\.0\n\nadd\n/)
  assert.match(stdout, /add\n(?: {2}[A-Z].*\n)? {2}params {4}a {2}number\n {12}b {2}number\n/)
  assert.match(stdout, 'count_words\n  Tells after each text how far it is')
  assert.match(stdout, /As in every engine: engine\.describe, .*health\.check/)
})

test('shows how one is', async () => {
  const { code, stdout } = await sidestream(['health', words])
  assert.is(code, 0)
  assert.match(stdout, /^health: ok\n {2}state +ready, up for .* s\n {2}calls +0 open, 0 queued\n/)
})

test('keeps one running', async () => {
  const { child, ran, printed } = start(['host', words])
  await printed('"type":"ready","engine":"engine"')
  child.kill('SIGINT')
  await ran
})

test('shows warnings that it logs, and more with --verbose', async () => {
  const talking = `import logging
from sidestream_bridge import engine, method
@method
def talk():
    logging.getLogger("talk").info("by the way")
    logging.getLogger("talk").warning("mind this")
engine("talking", version="1.0.0").run()
`
  const file = join(folderOf({ 'talking.py': talking }), 'talking.py')
  const quiet = await sidestream(['call', file, 'talk'])
  assert.match(quiet.stderr, 'mind this')
  assert.not.match(quiet.stderr, 'by the way')
  assert.match((await sidestream(['call', file, 'talk', '--verbose'])).stderr, 'by the way')
})

test('shows why one does not start', async () => {
  const file = join(folderOf({ 'broken.py': 'import nothing_here\n' }), 'broken.py')
  const { code, stderr } = await sidestream(['call', file, 'add'])
  assert.is(code, 1)
  assert.match(stderr, "ModuleNotFoundError: No module named 'nothing_here'")
  assert.match(stderr, 'add failed: The engine has ended with exit code 1')
})

test('says how to serve one', async () => {
  const { code, stderr } = await sidestream(['run', words])
  assert.is(code, 64)
  assert.match(stderr, /\n {2}PYTHONPATH=\S+ python3? \S+engine\.py\n/)
})

test('refuses settings, which it would not read', async () => {
  const { code, stderr } = await sidestream(['call', words, 'add', '--set', 'log.level=info'])
  assert.is(code, 64)
  assert.match(stderr, '--config and --set are for engines in JavaScript')
})

test('draws the trace of a call, without the side of the engine', async () => {
  const env = { XDG_STATE_HOME: folderOf({}) }
  const args = ['call', words, 'add', '{"a": 2, "b": 40}', '--trace']
  const { stdout, stderr } = await sidestream(args, { stdin: '', env })
  assert.is(stdout, '42\n')
  assert.match(stderr, 'CLIENT add')
})

test.run()
