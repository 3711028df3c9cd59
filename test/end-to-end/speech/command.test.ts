/** What people type: `transcribe` with files at once, interrupted, and the demo. */
import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { isRight } from 'fp-ts/lib/Either.js'
import { parseSrt } from 'sidestream/subtitles'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { start } from '../../cli/sidestream.js'
import { events } from '../../cli/transcribing.js'
import { installedEngine } from './installed-engine.js'
import { isThere, treeOf } from './process-tree.js'
import { librivox, recordings, samplesOf, writeWave } from './recordings.js'
import { wordErrors, wordsOf } from './word-errors.js'

const test = suite('transcribe and the demo, with faster-whisper')

const folder = mkdtempSync(join(tmpdir(), 'sidestream-command-'))
const path = (...names: readonly string[]): string => join(folder, ...names)
const env: Record<string, string> = { XDG_STATE_HOME: path('state') }
const said = recordings().flatMap(({ text }) => wordsOf(text))
test.before(() => {
  Object.assign(env, installedEngine('faster-whisper', 'tiny.en', 'base'))
})
test.after(() => rmSync(folder, { recursive: true }))

const transcribe = (...args: readonly string[]) =>
  start(['transcribe', ...args, '--engine', 'faster-whisper', '--model', 'tiny.en', '--json'], {
    env,
  })
const isRead = (heard: string): boolean => wordErrors(wordsOf(heard), said) / said.length <= 0.1

test('hears two files at once', async () => {
  const files = ['one.wav', 'two.wav'].map((name) => path(name))
  for (const file of files) cpSync(librivox, file)
  const output = path('both')
  const { ran } = transcribe(...files, '--jobs', '2', '--format', 'txt,srt', '--output', output)
  const { code, stdout, stderr } = await ran
  assert.is(code, 0, `${stdout}${stderr}`)
  assert.equal(readdirSync(output).sort(), ['one.srt', 'one.txt', 'two.srt', 'two.txt'])
  for (const name of ['one.txt', 'two.txt']) {
    const text = readFileSync(join(output, name), 'utf8')
    assert.ok(isRead(text), text)
  }
  const steps = events(stdout).map(({ type, file }) => `${type} ${file}`)
  const [firstDone = 0] = files.map((file) => steps.indexOf(`done ${file}`)).sort((a, b) => a - b)
  for (const file of files) assert.ok(steps.indexOf(`started ${file}`) < firstDone, 'at once')
})

test('Ctrl-C in mid-file: 130, no child is left, and no half file', async () => {
  const samples = samplesOf(librivox)
  const files = ['long.wav', 'longer.wav'].map((name) => path(name))
  for (const file of files) writeWave(file, Array(20).fill(samples))
  const output = path('interrupted')
  const { child, printed, ran } = transcribe(...files, '--jobs', '2', '--output', output)
  for (const file of files) await printed(`"type":"segment","file":"${file}"`)
  const tree = treeOf(child.pid as number)
  assert.is(tree.length, 5, 'the command, two engines, and a Python of each')
  child.kill('SIGINT')
  const { code, stdout, stderr } = await ran
  assert.is(code, 130, `${stdout}${stderr}`)
  assert.equal(events(stdout).at(-1)?.['left'], 2)
  assert.equal(
    tree.filter(({ pid }) => isThere(pid)),
    [],
    'nobody outlives the command',
  )
  assert.equal(readdirSync(output), [])
})

test('the demo tells what is said', async () => {
  const demo = fileURLToPath(new URL('../../../scripts/demo.mjs', import.meta.url))
  const { PATH, HOME } = process.env
  const { stdout } = await promisify(execFile)(process.execPath, [demo], {
    env: { PATH, HOME, ...env },
  })
  const transcript = parseSrt(stdout.slice(stdout.indexOf('1\n00:00:')))
  assert.ok(isRight(transcript), stdout)
  const text = transcript.right.map((cue) => cue.text).join(' ')
  assert.ok(isRead(text), stdout)
})

test.run()
