/** A real engine and real models: installed, killed on the way, gone on with, broken, and removed. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { engineFiles, modelsFolder } from '../../../src/speech/setup/places.js'
import { usersOf } from '../../../src/speech/setup/users-of.js'
import { type RunOptions, sidestream, start } from '../../cli/sidestream.js'
import { installedEngine } from './installed-engine.js'
import { recordings } from './recordings.js'
import { wordErrors, wordsOf } from './word-errors.js'

const test = suite('engines, for real')

const data = mkdtempSync(join(tmpdir(), 'sidestream-data-'))
const places = { data: join(data, 'sidestream'), huggingFace: data, workingFolder: data }
const files = engineFiles('faster-whisper', places)
/** As pip is set up here, but with nothing of ours. */
const settings = Object.fromEntries(
  Object.entries(process.env).filter(([name]) =>
    /^(?:PIP_|https?_proxy$|SSL_|REQUESTS_)/i.test(name),
  ),
) as Record<string, string>
const options: RunOptions = { stdin: '', env: { ...settings, XDG_DATA_HOME: data } }
const engines = (...args: readonly string[]) => sidestream(['engines', ...args], options)

test.after(() => rmSync(data, { recursive: true, force: true }))

test('killed while packages are unpacked, it leaves nobody, and is not installed', async () => {
  const install = start(['engines', 'install', 'faster-whisper', '--json'], options)
  await install.printed('"message":"unpacked ')
  install.child.kill('SIGKILL')
  await install.ran
  assert.match((await engines('list')).stdout, 'faster-whisper  not finished')
  assert.equal(await usersOf(files.venv), []) // whoever unpacked all would still be at it
  assert.is((await engines('doctor', 'faster-whisper')).code, 1)
})

test('run again, it is whole, with both models', async () => {
  const startedAt = performance.now()
  const models = ['--model', 'tiny.en', '--model', 'base']
  const { code, stdout, stderr } = await engines('install', 'faster-whisper', ...models)
  assert.is(code, 0, stderr)
  assert.is(stdout, '✓ Installed faster-whisper 1.2.1 and the model tiny.en and the model base\n')
  const doctor = await engines('doctor', 'faster-whisper')
  assert.is(doctor.code, 0, doctor.stdout)
  assert.match(doctor.stdout, /✓ model base +as it was published/)
  const [listing] = JSON.parse((await engines('list', '--json')).stdout)
  assert.equal([listing.state, listing.version], ['installed', '1.2.1'])
  const facts = listing.models.map((it: { model: string; languages: string[] }) => [
    it.model,
    it.languages.length,
  ])
  assert.equal(facts, [
    ['base', 99],
    ['tiny.en', 1],
  ])
  assert.equal(readdirSync(modelsFolder('faster-whisper', places)).sort(), ['base', 'tiny.en'])
  const seconds = Math.round((performance.now() - startedAt) / 1000)
  console.log(
    `figures: faster-whisper with two models in ${seconds} s, ${Math.round(listing.sizeBytes / 1e6)} MB`,
  )
})

test('hears what is said, with no network', () => {
  const code = `
import sys
from faster_whisper import WhisperModel
model = WhisperModel(sys.argv[1], device="cpu", compute_type="int8", local_files_only=True)
print(" ".join(segment.text for segment in model.transcribe(sys.argv[2], beam_size=5)[0]))
`
  const [recording] = recordings()
  if (recording === undefined) return assert.unreachable()
  for (const model of ['tiny.en', 'base']) {
    const path = join(modelsFolder('faster-whisper', places), model)
    const text = execFileSync(files.python, ['-I', '-c', code, path, recording.path], {
      encoding: 'utf8',
      env: { ...process.env, HF_HUB_OFFLINE: '1', ORT_DISABLE_TELEMETRY: '1' },
    })
    const said = wordsOf(recording.text)
    assert.ok(wordErrors(wordsOf(text), said) / said.length < 0.3, text)
  }
})

test('fetches a model anew that is damaged', async () => {
  rmSync(join(modelsFolder('faster-whisper', places), 'tiny.en/tokenizer.json'))
  const doctor = await engines('doctor', 'faster-whisper')
  assert.is(doctor.code, 1)
  assert.match(doctor.stdout, 'Missing or damaged: tokenizer.json')
  const { code, stdout } = await engines('install', 'faster-whisper', '--model', 'tiny.en')
  assert.equal([code, stdout], [0, '✓ Installed the model tiny.en\n'])
  assert.is((await engines('doctor', 'faster-whisper')).code, 0)
})

test('shows that its Python is gone, and is removed', async () => {
  rmSync(files.python)
  symlinkSync('/nowhere/python3', files.python)
  const doctor = await engines('doctor', 'faster-whisper')
  assert.is(doctor.code, 1)
  assert.match(doctor.stdout, 'Its Python is gone')
  assert.is((await engines('remove', 'faster-whisper', '--models', '--yes')).code, 0)
  assert.equal(readdirSync(join(data, 'sidestream/engines')), [])
  assert.equal(readdirSync(join(data, 'sidestream/models/faster-whisper')), [])
})

test('funasr finds where somebody speaks, by a model out of a package', async () => {
  const env = installedEngine('funasr', 'fsmn-vad')
  const doctor = await sidestream(['engines', 'doctor', 'funasr'], { stdin: '', env })
  assert.is(doctor.code, 0, doctor.stdout)
  const own = { ...places, data: join(env['XDG_DATA_HOME'] as string, 'sidestream') }
  const code = `
import contextlib, json, sys
with contextlib.redirect_stdout(sys.stderr):
    from funasr_onnx import Fsmn_vad
    segments = Fsmn_vad(sys.argv[1], quantize=False)(sys.argv[2])[0]
print(json.dumps(segments))
`
  const [recording] = recordings()
  const path = join(modelsFolder('funasr', own), 'fsmn-vad')
  const args = ['-I', '-c', code, path, recording?.path ?? '']
  const segments = JSON.parse(
    execFileSync(engineFiles('funasr', own).python, args, { encoding: 'utf8' }),
  )
  assert.ok(segments.length > 0 && segments[0][1] > segments[0][0])
})

test.run()
