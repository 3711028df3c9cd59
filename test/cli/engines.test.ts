/** `sidestream engines` as it is typed. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { pythonEngines } from '../../src/speech/setup/catalog.js'
import { findPython } from '../../src/speech/setup/find-python.js'
import type { EngineListing } from '../../src/speech/setup/list.js'
import { engineFiles, modelsFolder } from '../../src/speech/setup/places.js'
import { somePlaces, write, writeEngine } from '../speech/setup/some-places.js'
import { sidestream, start } from './sidestream.js'

const test = suite('engines')

/** Of a user of its own, who has nothing. */
const user = () => {
  const { data, huggingFace, ...others } = somePlaces()
  const env = { XDG_DATA_HOME: data, HF_HUB_CACHE: huggingFace }
  const places = { ...others, huggingFace, data: join(data, 'sidestream') }
  const engines = (...args: readonly string[]) =>
    sidestream(['engines', ...args], { stdin: '', env })
  return { env, places, engines }
}

test('list tells what is missing, and how to get it', async () => {
  const { engines } = user()
  const { code, stdout, stderr } = await engines('list')
  assert.equal([code, stderr], [0, ''])
  assert.match(stdout, /^faster-whisper {2}not installed {2}will be 480 MB {2}MIT\n/)
  assert.match(stdout, /^ {2}· tiny.en {2}78 MB {2}MIT\n {2}· base {5}148 MB {2}MIT$/m)
  assert.match(stdout, '  To install it: npx sidestream engines install faster-whisper\n')
  assert.match(stdout, /^ {2}· fsmn-vad {2}3 MB {2}no licence declared$/m)
  assert.match(stdout, /^sherpa-onnx {2}installed {2}1\.13/m)
})

test('list tells what is there', async () => {
  const { engines, places } = user()
  writeEngine(places)
  const base = join(modelsFolder('faster-whisper', places), 'mine.en')
  write(base, { 'model.bin': 'x'.repeat(2_000_000), 'config.json': '{}' })
  const { stdout } = await engines('list')
  assert.match(stdout, /^faster-whisper {2}to be updated {2}1\.2\.1/)
  assert.match(stdout, /^ {2}✓ mine.en {2}2 MB {2}licence unknown {2}en$/m)
  const [listing] = JSON.parse((await engines('list', '--json')).stdout) as EngineListing[]
  assert.equal([listing?.engine, listing?.state], ['faster-whisper', 'outdated'])
  assert.equal(
    listing?.models.map(({ path }) => path),
    [base],
  )
})

test('doctor says what does not work, and what helps', async () => {
  const { engines, places } = user()
  writeEngine(places, '/nowhere/python3')
  const { code, stdout } = await engines('doctor', 'faster-whisper')
  assert.is(code, 1)
  assert.match(stdout, /✗ installation {2}Its Python is gone/)
  assert.match(stdout, 'To install it anew: npx sidestream engines install faster-whisper')
  const asked = await engines('doctor', '--json')
  assert.is(asked.code, 1)
  const [{ engine, checks }] = JSON.parse(asked.stdout)
  assert.equal([engine, checks[0].status], ['faster-whisper', 'fail'])
  assert.is((await engines('doctor', 'funasr')).code, 1)
  const sherpa = await engines('doctor', 'sherpa-onnx')
  assert.equal([sherpa.code, /✓ library +it loads/.test(sherpa.stdout)], [0, true])
})

test('remove wants a yes, and removes models only when it is told to', async () => {
  const { engines, places } = user()
  writeEngine(places)
  const models = modelsFolder('faster-whisper', places)
  write(join(models, 'mine'), { 'model.bin': '', 'config.json': '{}' })
  const refused = await engines('remove', 'faster-whisper')
  assert.is(refused.code, 64)
  assert.match(refused.stderr, '--yes')
  assert.ok(existsSync(engineFiles('faster-whisper', places).marker))
  assert.match((await engines('remove', 'faster-whisper', '--yes')).stdout, '✓ Removed')
  assert.not(existsSync(engineFiles('faster-whisper', places).folder))
  assert.ok(existsSync(join(models, 'mine')))
  assert.match((await engines('remove', 'faster-whisper', '--yes')).stdout, 'nothing')
  const all = await engines('remove', 'faster-whisper', '--models', '--yes')
  assert.match(all.stderr, join(models, 'mine'))
  assert.not(existsSync(join(models, 'mine')))
})

test('install says what it cannot do', async () => {
  const { engines } = user()
  const unknown = await engines('install', 'faster-wisper')
  assert.is(unknown.code, 64)
  assert.match(unknown.stderr, 'Did you mean faster-whisper?')
  const model = await engines('install', 'faster-whisper', '--model', 'huge')
  assert.equal([model.code, /tiny.en, base/.test(model.stderr)], [64, true])
  const python = await engines('install', 'faster-whisper', '--python', '/nowhere/python')
  assert.is(python.code, 1)
  assert.match(python.stderr, '✗ faster-whisper needs Python 3.9 or newer')
  assert.is((await engines('install')).code, 64)
  assert.match((await engines('instal')).stderr, 'Did you mean install?')
  const sherpa = await engines('install', 'sherpa-onnx')
  assert.match(sherpa.stdout, /^✓ sherpa-onnx 1\.13\S+ is installed already/)
})

const python = await findPython(pythonEngines.funasr)
if (E.isRight(python)) {
  test('install ends with Ctrl-C, and says how to go on', async () => {
    const { env, places } = user()
    const args = ['engines', 'install', 'funasr', '--model', 'fsmn-vad', '--json']
    const { child, printed, ran } = start(args, { stdin: '', env })
    await printed('"step":"python"')
    const { lock } = engineFiles('funasr', places)
    assert.match(readFileSync(lock, 'utf8'), `"pid":${child.pid}`)
    child.kill('SIGINT')
    const { code, stderr } = await ran
    assert.is(code, 130)
    assert.match(stderr, 'fsmn-vad: no licence declared by whoever published it.')
    assert.match(stderr, 'To go on: npx sidestream engines install funasr --model fsmn-vad\n')
    assert.not(existsSync(lock))
  })
}

test.run()
