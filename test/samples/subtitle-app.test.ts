/** The sample of a subtitle app runs as it is, with any engine. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { listener, studio } from '../cli/transcribing.js'

const test = suite('subtitle app sample')
const root = fileURLToPath(new URL('../..', import.meta.url))

const start = (env: Readonly<Record<string, string>>, ...args: readonly string[]) =>
  spawnSync(
    process.execPath,
    ['--conditions=sidestream-source', '--import', 'tsx', 'samples/subtitle-app.ts', ...args],
    { cwd: root, encoding: 'utf8', timeout: 60_000, env: { ...process.env, ...env } },
  )

const run = (env: Readonly<Record<string, string>>, ...args: readonly string[]): string => {
  const { status, stdout, stderr } = start(env, ...args)
  assert.is(status, 0, `${stdout}${stderr}`)
  return stdout
}

test('shows cues of one file as they are heard and saves them, and cancels the other', () => {
  const place = studio()
  const asked = place.path('asked')
  place.record('talk.wav', { asked })
  const stdout = run(place.env, listener, place.path('talk.wav'), place.folder)
  assert.equal(stdout.split('\n').slice(1), [
    '0.5 to 2.5 s: Hello, world.',
    'Of the other file, cancelled after its first cue: Hello, world.',
    `Saved ${place.path('talk.srt')}`,
    '',
  ])
  assert.equal(JSON.parse(place.read('asked')).outputs, ['srt'])
  assert.match(place.read('talk.srt'), 'Hello, world.')
})

test('says what is wrong with a file', () => {
  const place = studio()
  const { status, stderr } = start(place.env, 'fake', place.path('no.wav'), place.folder)
  assert.is(status, 1)
  assert.match(stderr, /^AudioNotFound: .*no\.wav cannot be read: there is no such file/m)
  assert.not.match(stderr, 'Uncaught')
})

test('runs with the fake engine and the recording of this repository, if it is told of nothing else', () => {
  const place = studio()
  const stdout = run(place.env, 'fake', 'samples/audio/librivox.wav', place.folder)
  assert.match(stdout, /^fake runs twice, with its model fake-/)
  const text = readFileSync(join(place.folder, 'librivox.srt'), 'utf8')
  assert.ok((stdout.match(/ to .* s: /g) ?? []).length >= 5) // so many sentences are read
  assert.match(text, /^1\n00:00:00,\d+ --> /)
})

test.run()
