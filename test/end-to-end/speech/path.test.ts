/** The whole path: the command, a host, the engine, the bridge, and faster-whisper in Python, on real speech. */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { isRight } from 'fp-ts/lib/Either.js'
import { parseSrt } from 'sidestream/subtitles'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { cli } from '../../cli/sidestream.js'
import { installedEngine } from './installed-engine.js'
import { recordings, samplesOf, writeWave } from './recordings.js'
import { wordErrors, wordsOf } from './word-errors.js'

const test = suite('real speech, through the whole path')

const folder = mkdtempSync(join(tmpdir(), 'sidestream-speech-'))
const joined = join(folder, 'joined.wav')
let said: readonly string[] = []
let env: Readonly<Record<string, string>> = {}
test.before(() => {
  env = installedEngine('faster-whisper', 'tiny.en', 'base')
  const all = recordings()
  said = all.flatMap(({ text }) => wordsOf(text))
  writeWave(
    joined,
    all.map(({ path }) => samplesOf(path)),
  )
})
test.after(() => rmSync(folder, { recursive: true }))

/** A user's folder of its own, in which caches and the like would be made. */
const homes = join(folder, 'homes')
const home = (name: string) => {
  const HOME = join(homes, name)
  mkdirSync(HOME, { recursive: true })
  return { HOME, XDG_CACHE_HOME: join(HOME, 'cache'), XDG_STATE_HOME: join(folder, 'state') }
}

/** The reference keeps a slip of the reader, which is one error of 71. */
const mostErrors = 0.1

for (const model of ['tiny.en', 'base']) {
  test(`at most a tenth of the words is wrong, by ${model}`, async () => {
    const output = join(folder, model)
    await promisify(execFile)(
      process.execPath,
      [
        ...[cli, 'transcribe', joined, '--engine', 'faster-whisper', '--model', model],
        ...['--language', 'en', '--format', 'txt,srt', '--output', output],
      ],
      { env: { ...process.env, ...env, ...home(model) } },
    )
    const heard = wordsOf(readFileSync(join(output, 'joined.txt'), 'utf8'))
    const errors = wordErrors(heard, said)
    console.log(`\n${model} figures: ${errors} errors in ${said.length} words`)
    assert.is(said.length, 71)
    assert.ok(errors / said.length <= mostErrors, heard.join(' '))

    const parsed = parseSrt(readFileSync(join(output, 'joined.srt'), 'utf8'))
    assert.ok(isRight(parsed))
    const cues = parsed.right
    assert.equal(wordsOf(cues.map(({ text }) => text).join(' ')), heard)
    assert.ok(cues.every(({ start, end }) => start < end))
  })
}

test('libraries keep nothing about the user, to be sent to whoever made them', () => {
  assert.equal(readdirSync(homes).sort(), ['base', 'tiny.en'])
  for (const name of readdirSync(homes)) {
    // While coverage is measured, the command keeps no cache of its code.
    const files = readdirSync(join(homes, name), { recursive: true, encoding: 'utf8' })
    const others = files.filter((file) => file !== 'cache' && !/^cache.sidestream\b/.test(file))
    assert.equal(others, [])
  }
})

test.run()
