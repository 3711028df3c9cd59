import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isRpcError } from '../../../src/protocol/rpc-error.js'
import { modelFiles } from '../../../src/speech/sherpa/model-folder.js'

const test = suite('folders of models')
const root = mkdtempSync(join(tmpdir(), 'sidestream-models-'))
test.after(() => rmSync(root, { recursive: true }))

const field = (tag: number, value: string | Buffer): Buffer => {
  const bytes = Buffer.from(value)
  const length = []
  for (let left = bytes.length; ; left >>= 7) {
    length.push((left & 0x7f) | (left > 0x7f ? 0x80 : 0))
    if (left <= 0x7f) break
  }
  return Buffer.concat([Buffer.from([tag, ...length]), bytes])
}
/** The end of an ONNX file: after the graph come its metadata. */
const onnx = (facts: Readonly<Record<string, string>>): Buffer =>
  Buffer.concat([
    Buffer.from('rrr graph rrr'),
    ...Object.entries(facts).map(([key, value]) =>
      field(0x72, Buffer.concat([field(0x0a, key), field(0x12, value)])),
    ),
  ])

let folders = 0
const folderOf = (files: Readonly<Record<string, string | Buffer>>): string => {
  folders += 1
  const path = join(root, String(folders))
  mkdirSync(path)
  for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content)
  return path
}
const failureOf = (path: string, wanted?: string) => {
  try {
    modelFiles(path, wanted)
  } catch (error) {
    if (isRpcError(error)) return error
    throw error
  }
  throw new Error('it was taken')
}

const english = { is_multilingual: '0', all_language_codes: 'en,zh' }
const many = { is_multilingual: '1', all_language_codes: `en,zh,${'xx,'.repeat(200)}de` }

test('knows a Whisper and takes int8 where it is there', () => {
  const path = folderOf({
    'tiny.en-encoder.onnx': onnx(english),
    'tiny.en-decoder.onnx': 'x',
    'tiny.en-encoder.int8.onnx': onnx(english),
    'tiny.en-decoder.int8.onnx': 'x',
    'tiny.en-tokens.txt': 'x',
    'README.md': '',
  })
  assert.equal(modelFiles(path), {
    kind: 'whisper',
    computeType: 'int8',
    encoder: join(path, 'tiny.en-encoder.int8.onnx'),
    decoder: join(path, 'tiny.en-decoder.int8.onnx'),
    tokens: join(path, 'tiny.en-tokens.txt'),
    languages: undefined,
  })
  assert.is(modelFiles(path, 'float32').computeType, 'float32')
  const { kind, facts } = failureOf(path, 'float16')
  assert.is(kind, 'UnsupportedOption')
  assert.equal(facts.supported, ['int8', 'float32'])
})

test('knows the languages of a multilingual one, however many', () => {
  const path = folderOf({
    'base-encoder.onnx': onnx(many),
    'base-decoder.onnx': 'x',
    'base-tokens.txt': 'x',
  })
  const files = modelFiles(path)
  assert.ok(files.kind === 'whisper')
  assert.is(files.languages?.length, 203)
  assert.is(files.languages?.at(-1), 'de')
})

test('tells Paraformer and SenseVoice apart by what they say of themselves', () => {
  const paraformer = folderOf({
    'model.int8.onnx': onnx({ model_type: 'paraformer' }),
    'tokens.txt': 'x',
  })
  const senseVoice = folderOf({
    'model.onnx': onnx({ model_type: 'sense_voice_ctc', lang_auto: '0' }),
    'tokens.txt': 'x',
  })
  assert.is(modelFiles(paraformer).kind, 'paraformer')
  assert.is(modelFiles(senseVoice).kind, 'sense-voice')
})

test('refuses a model of another kind', () => {
  const path = folderOf({ 'model.onnx': onnx({ model_type: 'zipformer2_ctc' }), 'tokens.txt': 'x' })
  const { kind, message } = failureOf(path)
  assert.is(kind, 'ModelLoadFailed')
  assert.match(message, /is a model of type zipformer2_ctc\. Give a folder with a Whisper/)
  const silent = folderOf({ 'model.onnx': 'garbage', 'tokens.txt': 'x' })
  assert.match(failureOf(silent).message, /a model that does not say what it is/)
})

test('names what lacks', () => {
  const without = (files: Readonly<Record<string, string>>) => failureOf(folderOf(files))
  assert.equal(without({ 'a-encoder.onnx': 'x' }).facts.missing, ['*decoder*.onnx', 'tokens.txt'])
  assert.equal(without({ 'a-decoder.onnx': 'x', 'tokens.txt': 'x' }).facts.missing, [
    '*encoder*.onnx',
  ])
  assert.match(without({ 'tokens.txt': 'x' }).message, /is not complete: model\.onnx .* is missing/)
  assert.is(without({}).kind, 'ModelLoadFailed')
})

test('refuses halves that do not belong together', () => {
  const path = folderOf({
    'a-encoder.int8.onnx': onnx(english),
    'a-decoder.onnx': 'x',
    'tokens.txt': 'x',
  })
  assert.match(failureOf(path).message, /no type in common/)
})

test('refuses a file that is empty', () => {
  const path = folderOf({
    'a-encoder.onnx': onnx(english),
    'a-decoder.onnx': '',
    'tokens.txt': 'x',
  })
  assert.match(failureOf(path).message, /a-decoder\.onnx is empty/)
})

test('refuses a folder that is not there', () => {
  assert.is(failureOf(join(root, 'none')).kind, 'ModelNotFound')
})

test.run()
