/** The guide "Speech engines": what `list` shows there is what it prints, of an engine that only looks as if it were installed. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { modelSources } from '../../src/speech/setup/catalog.js'
import { engineFiles, modelsFolder } from '../../src/speech/setup/places.js'
import { requirementsOf } from '../../src/speech/setup/requirements.js'
import { sidestream } from '../cli/sidestream.js'
import { write, writeEngine } from '../speech/setup/some-places.js'

const test = suite('speech engines')
const root = fileURLToPath(new URL('../..', import.meta.url))
const guide = readFileSync(join(root, 'docs/guides/speech-engines.md'), 'utf8')
const data = mkdtempSync(join(tmpdir(), 'sidestream-guide-'))
const env = { XDG_DATA_HOME: data, HF_HUB_CACHE: join(data, 'hub') }
const engines = (...args: readonly string[]) => sidestream(['engines', ...args], { stdin: '', env })

test.before(() => {
  const places = { data: join(data, 'sidestream'), huggingFace: data, workingFolder: root }
  writeEngine(places)
  const { venv, marker } = engineFiles('faster-whisper', places)
  const { hash } = requirementsOf('faster-whisper')
  writeFileSync(marker, readFileSync(marker, 'utf8').replace('"x"', `"${hash}"`))
  write(venv, { 'lib/all.so': '' })
  truncateSync(join(venv, 'lib/all.so'), 482_000_000) // takes no room
  const tiny = modelSources.find(({ name }) => name === 'tiny.en')
  const model = join(modelsFolder('faster-whisper', places), 'tiny.en')
  mkdirSync(model, { recursive: true })
  write(model, { 'config.json': '', 'model.bin': '' })
  truncateSync(join(model, 'model.bin'), tiny?.sizeBytes)
})
test.after(() => rmSync(data, { recursive: true, force: true }))

test('list prints what the guide shows', async () => {
  const shown = /engines list\n```\n\n```text\n(.*?)```/s.exec(guide)?.[1]
  assert.is((await engines('list')).stdout, shown)
})

test('every command and option of the guide is one', async () => {
  const { stdout: help } = await sidestream(['help', 'engines'])
  const commands = [...guide.matchAll(/npx sidestream engines (\w+)(.*)/g)]
  assert.ok(commands.length > 5)
  for (const [, verb = '', rest = ''] of commands) {
    assert.match(help, `\n  ${verb} `)
    for (const [option] of rest.matchAll(/--[a-z]+/g)) assert.match(help, option)
  }
})

test.run()
