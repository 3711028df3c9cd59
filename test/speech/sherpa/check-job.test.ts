import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { refusalOf } from '../../../src/speech/sherpa/check-job.js'

const test = suite('what sherpa-onnx cannot do')

const common = { tokens: '', computeType: 'int8' } as const
const whisper = { ...common, kind: 'whisper', encoder: '', decoder: '' } as const
const english = { files: { ...whisper, languages: undefined }, languages: ['en'] }
const many = { files: { ...whisper, languages: ['en', 'de'] }, languages: ['en', 'de'] }
const senseVoice = {
  files: { ...common, kind: 'sense-voice', model: '' } as const,
  languages: ['zh', 'en'],
}
const paraformer = {
  files: { ...common, kind: 'paraformer', model: '' } as const,
  languages: undefined,
}

const job = { model: 'm', task: 'transcribe', audio: { path: 'a.wav' } } as const
const kindOf = (params: object, model: Parameters<typeof refusalOf>[1] = many) =>
  refusalOf({ ...job, ...params }, model)?.kind

test('is none of what it can', () => {
  assert.is(kindOf({ language: 'de', task: 'translate', wordTimestamps: true }), undefined)
  assert.is(kindOf({ beamSize: 1, temperature: [0], hotwords: [] }), undefined)
  assert.is(kindOf({ conditionOnPreviousText: false, vad: { threshold: 0.3 } }), undefined)
  assert.is(kindOf({ engineOptions: { tailPaddings: 300 } }), undefined)
  assert.is(
    kindOf({ engineOptions: { useInverseTextNormalization: false } }, senseVoice),
    undefined,
  )
  assert.is(kindOf({ language: 'anything' }, paraformer), undefined)
})

for (const params of [
  { initialPrompt: 'Mr. Dashwood' },
  { hotwords: ['Dashwood'] },
  { beamSize: 5 },
  { temperature: [0, 0.2] },
  { noSpeechThreshold: 0.6 },
  { conditionOnPreviousText: true },
  { engineOptions: { bestOf: 5 } },
  { engineOptions: { useInverseTextNormalization: true } },
])
  test(`refuses ${JSON.stringify(params)}`, () => {
    assert.is(kindOf(params), 'UnsupportedOption')
  })

test('refuses to translate with a model that cannot', () => {
  assert.is(kindOf({ task: 'translate' }, english), 'UnsupportedOption')
  assert.is(kindOf({ task: 'translate' }, senseVoice), 'UnsupportedOption')
})

test('refuses a language that the model does not know', () => {
  const refusal = refusalOf({ ...job, language: 'de' }, english)
  assert.is(refusal?.kind, 'UnsupportedLanguage')
  assert.match(refusal?.message ?? '', /does not know the language de\. It knows en\./)
})

test('refuses options of another model', () => {
  assert.is(kindOf({ engineOptions: { tailPaddings: 300 } }, senseVoice), 'UnsupportedOption')
})

test('refuses an option of the wrong type', () => {
  assert.is(kindOf({ engineOptions: { tailPaddings: '300' } }), 'InvalidParams')
  assert.is(
    kindOf({ engineOptions: { useInverseTextNormalization: 1 } }, senseVoice),
    'InvalidParams',
  )
})

test.run()
