/** Which engine and which model are taken when none is named. */
import { availableParallelism } from 'node:os'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defaultEngine, installCommand } from '../../src/cli/transcribe-default.js'
import { bestModel, defaultModel, specOf } from '../../src/cli/transcribe-engine.js'
import { readTranscribeOptions } from '../../src/cli/transcribe-options.js'
import type { ManagedEngine } from '../../src/host/index.js'
import type { ModelInfo } from '../../src/models/model-info.js'

const test = suite('transcribe, engine and model')

const model = (name: string, sizeBytes: number, more: Partial<ModelInfo> = {}): ModelInfo => ({
  ...{ model: name, state: 'available', sizeBytes },
  ...more,
})
const english = { language: undefined, task: 'transcribe' } as const
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
    defaultEngine({ installed: async () => names, install: async () => 1 }, english, false)
  assert.is(await of('sherpa-onnx', 'funasr', 'faster-whisper'), 'faster-whisper')
  assert.is(await of('sherpa-onnx', 'funasr'), 'funasr')
  assert.is(await of('sherpa-onnx'), 'sherpa-onnx')
  assert.is(await of('fake'), undefined)
  assert.is(await of(), undefined)
})

test('an installation that fails ends the command with its code', async () => {
  const { stdin } = process
  const asked: (readonly string[])[] = []
  const setup = {
    installed: async () => [],
    install: async (args: readonly string[]) => {
      asked.push(args)
      return 130
    },
  }
  for (const wish of [english, { ...english, language: 'de' }]) {
    const answered = defaultEngine(setup, wish, true)
    await Promise.resolve()
    stdin.emit('data', Buffer.from('y\n'))
    assert.is(await answered, 130)
  }
  assert.equal(asked, [['faster-whisper'], ['faster-whisper', '--model', 'base']])
})

test('what to install is what knows the language', () => {
  const commandFor = (language: string | undefined, task: 'transcribe' | 'translate') =>
    installCommand({ language, task })
  const small = 'sidestream engines install faster-whisper'
  assert.is(commandFor(undefined, 'transcribe'), small)
  assert.is(commandFor('en-GB', 'transcribe'), small)
  assert.is(commandFor('de', 'transcribe'), `${small} --model base`)
  assert.is(commandFor('enm', 'transcribe'), `${small} --model base`)
  assert.is(commandFor(undefined, 'translate'), `${small} --model base`)
})

test('where no model knows the language, one that would is named', async () => {
  const hintOf = async (name: string, ...models: readonly ModelInfo[]) => {
    const engine = { name, request: async () => ({ models }) } as unknown as ManagedEngine
    const wish = { language: 'ja', task: 'transcribe' } as const
    const error = await defaultModel(engine, wish, new AbortController().signal).catch((it) => it)
    assert.is(error.kind, 'ModelNotFound')
    return error.facts.hint
  }
  const command = 'sidestream engines install faster-whisper --model base'
  assert.is(await hintOf('faster-whisper', tiny), `Install one: ${command}`)
  assert.is(await hintOf('faster-whisper', tiny, base), undefined)
  assert.is(await hintOf('mine', tiny), undefined)
})

const setBy = (jobs: number, ...args: readonly string[]): readonly string[] => {
  const options = readTranscribeOptions(['talk.mp3', ...args])
  const { args: typed = [] } = specOf(options.engine ?? 'fake', options, jobs, 1).spec
  return typed.filter((_, index) => typed[index - 1] === '--set')
}

test('an engine is told its device and numbers, what is set by hand comes last', () => {
  assert.equal(setBy(1), [])
  assert.equal(
    setBy(1, '--device=cuda', '--compute-type=float16', '--set=engines.fake.device=cpu'),
    [
      ...['engines.fake.device=cuda', 'engines.fake.computeType=float16'],
      'engines.fake.device=cpu',
    ],
  )
})

test('engines that work beside each other share the cores', () => {
  const half = Math.max(1, Math.floor(availableParallelism() / 2))
  assert.equal(setBy(2), [`engines.fake.cpuThreads=${half}`])
  assert.equal(setBy(1000), ['engines.fake.cpuThreads=1'])
})

test.run()
