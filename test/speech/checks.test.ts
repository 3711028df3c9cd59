import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { SpeechCapabilities } from '../../src/models/engine-info.js'
import type { RpcError } from '../../src/protocol/rpc-error.js'
import { checkAudioKind, checkDecoding, checkLoad, checkModel } from '../../src/speech/checks.js'

const test = suite('checks of requests')
const base = { model: 'small', task: 'transcribe' } as const
const able = (capabilities: SpeechCapabilities = {}) => ({
  capabilities,
  engineOptions: ['chunkLength', 'patience'],
})
/** `kind option`, or nothing. */
const refusal = (work: () => void): string | undefined => {
  try {
    work()
    return undefined
  } catch (error) {
    const { kind, facts } = error as RpcError
    return `${kind} ${facts['option'] ?? facts['language']}`
  }
}
const decoding = (more: object, capabilities?: SpeechCapabilities) =>
  refusal(() => checkDecoding({ ...base, ...more }, able(capabilities)))

test('options that need an ability are refused without it', () => {
  const options = {
    ...{ wordTimestamps: true, vad: { threshold: 0.4 }, hotwords: ['a'], initialPrompt: 'a' },
  }
  for (const [option, value] of Object.entries(options)) {
    assert.is(decoding({ [option]: value }), `UnsupportedOption ${option}`)
    assert.is(decoding({ [option]: value }, { [option]: true }), undefined)
  }
  assert.is(decoding({ vad: true }), 'UnsupportedOption vad')
  assert.is(decoding({ vad: false, wordTimestamps: false }), undefined)
})

test('an option of another engine is refused by its name, with the nearest', () => {
  const message = (option: string): RpcError => {
    try {
      checkDecoding({ ...base, engineOptions: { [option]: 1 } }, able())
    } catch (error) {
      return error as RpcError
    }
    throw new Error('it was not refused')
  }
  const { facts, message: said } = message('chunkLenght')
  assert.equal(facts, {
    ...{ option: 'chunkLenght', nearest: 'chunkLength' },
    supported: ['chunkLength', 'patience'],
  })
  assert.match(said, 'Did you mean chunkLength?')
  assert.not('nearest' in message('xyz').facts)
  assert.is(decoding({ engineOptions: { patience: 2 } }), undefined)
})

test('tasks, formats and languages are among those that there are', () => {
  const capabilities: SpeechCapabilities = {
    ...{ tasks: ['transcribe'], outputFormats: ['srt'], languages: ['en', 'de'] },
  }
  assert.is(decoding({ task: 'translate' }, capabilities), 'UnsupportedOption task')
  assert.is(decoding({ outputs: ['srt', 'vtt'] }, capabilities), 'UnsupportedOption outputs')
  assert.is(decoding({ language: 'fr' }, capabilities), 'UnsupportedLanguage fr')
  assert.is(decoding({ language: 'de', outputs: ['srt'] }, capabilities), undefined)
  assert.is(decoding({ language: 'fr' }, { languages: 'any' }), undefined)
})

test('a model may know less than its engine', () => {
  const english = { model: 'small', path: '', tasks: ['transcribe'], languages: ['en'] } as const
  const model = (request: object, found: object = english, capabilities?: SpeechCapabilities) =>
    refusal(() => checkModel({ ...english, ...found }, { ...base, ...request }, able(capabilities)))
  assert.is(model({ task: 'translate' }), 'UnsupportedOption task')
  assert.is(model({ language: 'de' }), 'UnsupportedLanguage de')
  assert.is(model({ language: 'en' }), undefined)
  assert.is(model({}), undefined) // it can be no other
  const both = { languages: ['en', 'de'] }
  assert.is(model({}, both), 'UnsupportedOption language')
  assert.is(model({}, both, { languageDetection: true }), undefined)
  assert.is(model({}, { languages: undefined }), undefined) // only the backend knows
})

test('says so when a model only finds speech', () => {
  const vad = { model: 'fsmn-vad', path: '', tasks: [] }
  try {
    checkModel(vad, base, able())
  } catch (error) {
    const { message } = error as RpcError
    return assert.is(message, 'The model fsmn-vad cannot transcribe: it only finds speech')
  }
  assert.unreachable()
})

test('kinds of audio, devices and types of numbers are among those that there are', () => {
  const samples = { pcm16Base64: 'AAAA', sampleRate: 16_000 }
  const onlyFiles = able({ audioInputs: ['path'] })
  assert.is(
    refusal(() => checkAudioKind(samples, onlyFiles)),
    'UnsupportedOption audio',
  )
  assert.is(
    refusal(() => checkAudioKind({ path: 'a' }, onlyFiles)),
    undefined,
  )
  const load = (device: string, computeType: string) =>
    refusal(() =>
      checkLoad(
        { model: 'small', device, computeType },
        able({ devices: ['cpu'], computeTypes: ['int8'] }),
      ),
    )
  assert.is(load('gpu', 'int8'), 'UnsupportedOption device')
  assert.is(load('cpu', 'int4'), 'UnsupportedOption computeType')
  assert.is(load('cpu', 'int8'), undefined)
})

test.run()
