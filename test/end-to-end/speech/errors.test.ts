/** Whatever can be wrong with a job, for real: through the host and the engine, told by faster-whisper in Python. */
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client, RpcError } from 'sidestream/host'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { engineFiles, modelsFolder } from '../../../src/speech/setup/places.js'
import { failure } from '../../contract/told.js'
import { installedEngine, startedEngine } from './installed-engine.js'
import { librivox } from './recordings.js'

const test = suite('faster-whisper, what is wrong')

const folder = mkdtempSync(join(tmpdir(), 'sidestream-errors-'))
const places = { data: '', huggingFace: folder, workingFolder: folder }
let client: Client
test.before(async () => {
  places.data = join(installedEngine('faster-whisper', 'base')['XDG_DATA_HOME'] ?? '', 'sidestream')
  client = await startedEngine('faster-whisper', 'tiny.en')
})
test.after(async () => {
  await client.close()
  rmSync(folder, { recursive: true })
})

const job = { audio: { path: librivox }, model: 'tiny.en', task: 'transcribe' }
const refused = (more: object, its = client): Promise<RpcError> =>
  failure(its.request('transcription.transcribe', { ...job, ...more }))
const fileOf = (name: string, content: string, mode = 0o644): string => {
  const path = join(folder, name)
  writeFileSync(path, content)
  chmodSync(path, mode)
  return path
}

test('files that cannot be heard', async () => {
  const of = async (path: string) => {
    const { kind, code } = await refused({ audio: { path } })
    return [kind, code]
  }
  assert.equal(await of(join(folder, 'nowhere.wav')), ['AudioNotFound', -32012])
  const empty = fileOf('empty.wav', '')
  const text = fileOf('text.mp3', 'This is no audio. '.repeat(200))
  const invalid = ['AudioInvalid', -32013]
  for (const path of [folder, empty, text]) assert.equal(await of(path), invalid, path)
})

test('a model that is nowhere: where it was looked for, and how to get it', async () => {
  const { kind, code, message, facts } = await refused({ model: 'large-v3' })
  assert.equal([kind, code], ['ModelNotFound', -32010])
  const looked = facts['looked'] as readonly string[]
  assert.ok(looked.includes(join(modelsFolder('faster-whisper', places), 'large-v3')))
  assert.ok(looked.some((place) => place.includes('models--Systran--faster-whisper-large-v3')))
  for (const place of looked) assert.match(message, place)
  assert.match(message, 'npx sidestream engines install faster-whisper --model tiny.en')
})

test('a model that lacks a file, or has one that is broken: which', async () => {
  const whole = join(modelsFolder('faster-whisper', places), 'tiny.en')
  for (const name of ['model.bin', 'config.json', 'tokenizer.json', 'vocabulary.txt']) {
    const model = join(folder, name)
    mkdirSync(model)
    for (const other of readdirSync(whole)) {
      if (other !== name) symlinkSync(join(whole, other), join(model, other))
    }
    const missing = await refused({ model })
    assert.equal([missing.kind, missing.code], ['ModelLoadFailed', -32011])
    assert.match(missing.message, name)

    writeFileSync(join(model, name), 'broken')
    const broken = await refused({ model })
    assert.equal([broken.kind, broken.code], ['ModelLoadFailed', -32011], broken.message)
    assert.match(broken.message, /Install it again/)
  }
})

test('a device and numbers that this machine does not have', async () => {
  for (const [option, asked] of [
    ['computeType', { device: 'cpu', computeType: 'float16' }],
    ['device', { device: 'cuda', computeType: 'int8' }],
  ] as const) {
    const load = client.request('models.load', { model: 'tiny.en', ...asked })
    const { kind, code, facts } = await failure(load)
    assert.equal([kind, code, facts['option']], ['UnsupportedOption', -32015, option])
    assert.ok(
      (facts['supported'] as readonly string[]).includes(option === 'device' ? 'cpu' : 'int8'),
    )
  }
})

test('languages and tasks that a model does not know', async () => {
  for (const [model, language] of [
    ['base', 'xx'],
    ['tiny.en', 'de'],
  ] as const) {
    const { kind, code, facts } = await refused({ model, language })
    assert.equal([kind, code, facts['language']], ['UnsupportedLanguage', -32014, language])
    assert.ok((facts['supported'] as readonly string[]).includes('en'))
  }
  const { kind, code, facts } = await refused({ task: 'translate' })
  assert.equal([kind, code, facts['option']], ['UnsupportedOption', -32015, 'task'])
})

test('options of its own: the one that was meant, and the value that was not', async () => {
  const unknown = await refused({ engineOptions: { lengthPenality: 1 } })
  assert.equal([unknown.kind, unknown.code], ['UnsupportedOption', -32015])
  assert.is(unknown.facts['nearest'], 'lengthPenalty')
  const wrong = await refused({ engineOptions: { lengthPenalty: 'high' } })
  assert.equal([wrong.kind, wrong.code], ['InvalidParams', -32602])
  const problems = wrong.facts['problems'] as readonly { path: string }[]
  assert.is(problems[0]?.path, '/engineOptions/lengthPenalty')
})

/** What a job fails with on another Python; the engine itself always starts, and says it again. */
const withPython = async (python: string, request: object = {}): Promise<RpcError> => {
  const its = await startedEngine('faster-whisper', 'tiny.en', { python })
  try {
    const first = await refused(request, its)
    const again = await refused(request, its)
    assert.equal([again.kind, again.message], [first.kind, first.message])
    return first
  } finally {
    await its.close()
  }
}

test('a Python that is not there, or has not what it takes', async () => {
  const nowhere = await withPython(join(folder, 'nowhere'))
  assert.equal([nowhere.kind, nowhere.code], ['DependencyMissing', -32016])
  assert.match(nowhere.message, join(folder, 'nowhere'))

  // Without site-packages a virtual environment has no libraries.
  const { python } = engineFiles('faster-whisper', places)
  const bare = await withPython(fileOf('bare', `#!/bin/sh\nexec ${python} -S "$@"\n`, 0o755))
  assert.equal([bare.kind, bare.code], ['DependencyMissing', -32016])
  assert.match(bare.message, 'sidestream engines doctor faster-whisper')
})

test('too little memory: for the libraries, for the model, for the audio', async () => {
  const { python } = engineFiles('faster-whisper', places)
  for (const megabytes of [200, 600, 800]) {
    // With a thread for each of many cores, the libraries alone would need more.
    const script = `#!/bin/sh
export OMP_NUM_THREADS=2 OPENBLAS_NUM_THREADS=2
ulimit -v ${megabytes}000
exec ${python} "$@"
`
    const limited = fileOf(`limited-${megabytes}`, script, 0o755)
    const { kind, code, message, retryable } = await withPython(limited, { beamSize: 5 })
    assert.equal([kind, code, retryable], ['OutOfMemory', -32017, true], `${megabytes}: ${message}`)
  }
})

test('none of that was the end of it', async () => {
  const { text } = (await client.request('transcription.transcribe', job)) as { text: string }
  assert.match(text, 'John Dashwood')
})

test.run()
