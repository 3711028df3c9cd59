/** Lines as sherpa-onnx 1.13.8 prints them. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { decodeFailure, loadFailure } from '../../../src/speech/sherpa/native-output.js'

const test = suite('what native code prints')
const csrc = '/shared/sherpa-onnx/csrc'

test('says why a decode failed', () => {
  const failure = decodeFailure([
    `${csrc}/offline-recognizer-whisper-impl.h:DecodeStream:128 `,
    'Caught exception:',
    'Non-zero status code returned while running Expand node.',
    'Return an empty result. Number of input frames: 710, Current tail paddings: 1000.',
  ])
  assert.is(failure?.kind, 'EngineError')
  assert.is(failure?.facts.reason, 'Non-zero status code returned while running Expand node.')
})

test('tells when a part was left out', () => {
  const line = `${csrc}/offline-recognizer-whisper-impl.h:DecodeStream:94 Only waves less than 30 seconds are supported. We process only the first 30 seconds and discard the remaining data`
  assert.is(decodeFailure([line])?.facts.reason, 'chunk-too-long')
})

test('is no failure where it says something else', () => {
  assert.is(
    decodeFailure([
      `${csrc}/offline-whisper-greedy-search-decoder.cc:Decode:37 Warning: enable_token_timestamps=true but the decoder model does not have cross-attention outputs.`,
    ]),
    undefined,
  )
})

test('says which file of a model is wrong', () => {
  const { kind, message } = loadFailure(
    '/m',
    [
      `${csrc}/offline-model-config.cc:Validate:105 tokens: '/m/t' does not exist`,
      '/shared/sherpa-onnx/c-api/c-api.cc:SherpaOnnxCreateOfflineRecognizer:698 Errors in config',
    ],
    'Please check your config!',
  )
  assert.is(kind, 'ModelLoadFailed')
  assert.match(message, /^The model in \/m cannot be loaded: tokens: '\/m\/t' does not exist\./)
})

test('says what was thrown when it ended the process', () => {
  const { facts } = loadFailure(
    '/m',
    [
      "terminate called after throwing an instance of 'Ort::Exception'",
      '  what():  Protobuf parsing failed.',
    ],
    'it has ended',
  )
  assert.is(facts.reason, 'Protobuf parsing failed.')
})

test('knows memory that ran out', () => {
  const lines = [
    "terminate called after throwing an instance of 'std::bad_alloc'",
    '  what():  std::bad_alloc',
  ]
  assert.is(loadFailure('/m', lines, 'it has ended').kind, 'OutOfMemory')
})

test('takes what is known otherwise where nothing was printed', () => {
  assert.is(loadFailure('/m', [], 'it was killed').facts.reason, 'it was killed')
})

test.run()
