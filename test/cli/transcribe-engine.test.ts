/** Which engine and which model are taken when none is named. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defaultEngine } from '../../src/cli/transcribe-default.js'
import { bestModel } from '../../src/cli/transcribe-engine.js'
import type { ModelInfo } from '../../src/models/model-info.js'

const test = suite('transcribe, engine and model')

const model = (name: string, sizeBytes: number, more: Partial<ModelInfo> = {}): ModelInfo => ({
  ...{ model: name, state: 'available', sizeBytes },
  ...more,
})
const tiny = model('tiny.en', 78, { languages: ['en'], tasks: ['transcribe'] })
const large = model('large.en', 999, { languages: ['en'], tasks: ['transcribe'] })
const base = model('base', 148, { languages: ['de', 'en'], tasks: ['transcribe', 'translate'] })
const small = model('small', 480, { languages: ['de', 'en'], tasks: ['transcribe'] })
const silent = model('mine', 500) // tells nothing of itself, and is taken at its word
const best = (
  models: readonly ModelInfo[],
  language?: string,
  task: 'transcribe' | 'translate' = 'transcribe',
): string | undefined => bestModel(models, { language, task })?.model

test('the largest that knows several languages, while the language is not known', () => {
  assert.is(best([tiny, base, large, small]), 'small')
  assert.is(best([tiny, silent, base]), 'mine')
  assert.is(best([tiny, large]), 'large.en')
})

test('the largest that knows the language', () => {
  assert.is(best([tiny, base, large, small], 'en'), 'large.en')
  assert.is(best([tiny, base, large, small], 'de'), 'small')
  assert.is(best([tiny, large], 'de'), undefined)
})

test('one that has the task', () => {
  assert.is(best([tiny, small, base], undefined, 'translate'), 'base')
  assert.is(best([tiny], undefined, 'translate'), undefined)
  assert.is(best([]), undefined)
})

test('none that only finds speech', () => {
  const vad = model('fsmn-vad', 3, { tasks: [] })
  assert.is(best([vad]), undefined)
  assert.is(best([vad, tiny]), 'tiny.en')
})

test('the engine is the first that is installed, in an order of its own', async () => {
  const of = (...names: readonly string[]) =>
    defaultEngine({ installed: async () => names, install: async () => 1 }, false)
  assert.is(await of('sherpa-onnx', 'funasr', 'faster-whisper'), 'faster-whisper')
  assert.is(await of('sherpa-onnx', 'funasr'), 'funasr')
  assert.is(await of('sherpa-onnx'), 'sherpa-onnx')
  assert.is(await of('fake'), undefined)
  assert.is(await of(), undefined)
})

test('an installation that fails ends the command with its code', async () => {
  const { stdin } = process
  const answered = defaultEngine({ installed: async () => [], install: async () => 130 }, true)
  await Promise.resolve()
  stdin.emit('data', Buffer.from('y\n'))
  assert.is(await answered, 130)
})

test.run()
