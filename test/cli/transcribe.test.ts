/** `sidestream transcribe`: what is written, what is told, and what is refused. */
import { readdirSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sidestream } from './sidestream.js'
import { events, hello, helloSrt, type Studio, studio } from './transcribing.js'

const test = suite('transcribe')
const namesOf = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => !['state', 'out', 'run', 'package.json'].includes(name))
    .sort()
const run = (place: Studio, ...args: readonly string[]) => place.start(...args).ran

test('writes subtitles beside the file, and tells of it on stderr', async () => {
  const place = studio()
  place.record('talk.mp3')
  const { code, stdout, stderr } = await run(place, place.path('talk.mp3'))
  assert.is(code, 0)
  assert.is(stdout, '')
  assert.is(place.read('talk.srt'), helloSrt)
  assert.match(stderr, /^listener, model base\n/)
  assert.match(stderr, /\n✓ .*talk\.mp3 → .*talk\.srt {2}4\.0 s in .*×, en\n$/)
  assert.equal(namesOf(place.folder), ['talk.mp3', 'talk.srt'])
})

test('writes all formats into a folder that it makes', async () => {
  const place = studio()
  place.record('talk.mp3')
  place.record('walk.mp3')
  const files = [place.path('talk.mp3'), place.path('walk.mp3')]
  const made = place.path('out/made/here')
  const { code, stderr } = await run(
    place,
    ...files,
    '--format=srt, vtt,JSON,txt,lrc,text',
    `--output=${made}`,
    '--jobs=2',
  )
  assert.is(code, 0, stderr)
  const names = ['talk', 'walk'].flatMap((name) =>
    ['json', 'lrc', 'srt', 'txt', 'vtt'].map((ending) => `${name}.${ending}`),
  )
  assert.equal(readdirSync(made).sort(), names)
  assert.is(place.read('out/made/here/walk.txt'), 'Hello, world.\n')
  assert.match(
    place.read('out/made/here/walk.vtt'),
    /^WEBVTT\n\n00:00:00\.500 --> .*\nHello, world\.\n/,
  )
  const { duration, task, language, words } = JSON.parse(place.read('out/made/here/walk.json'))
  assert.equal([duration, task, language, words], [4, 'transcribe', 'en', undefined])
  assert.match(stderr, /2 transcribed\n$/)
})

test('has times of words in the formats that can have them', async () => {
  const place = studio()
  place.record('talk.mp3')
  const { code } = await run(place, place.path('talk.mp3'), '--words', '--format=vtt,json')
  assert.is(code, 0)
  assert.match(place.read('talk.vtt'), 'Hello, <00:00:01.500>world.')
  assert.equal(
    JSON.parse(place.read('talk.json')).words.map(({ word }: { word: string }) => word),
    ['Hello,', 'world.'],
  )
})

test('asks the engine for what was typed', async () => {
  const place = studio()
  const asked = place.path('asked')
  place.record('talk.mp3', { asked })
  const path = place.path('talk.mp3')
  const ask = async (...args: readonly string[]): Promise<unknown> => {
    const { code, stderr } = await run(place, path, '--overwrite', ...args)
    assert.is(code, 0, stderr)
    return JSON.parse(place.read('asked'))
  }
  const audio = { path }
  assert.equal(await ask(), { audio, model: 'base', task: 'transcribe', emit: ['progress'] })
  assert.equal(
    await ask(
      '--model=x',
      '--language=de',
      '--task=translate',
      '--prompt=Ja',
      '--no-vad',
      '--words',
    ),
    {
      ...{ audio, model: 'x', task: 'translate', language: 'de', initialPrompt: 'Ja' },
      ...{ wordTimestamps: true, vad: false, emit: ['progress'] },
    },
  )
  assert.equal(
    await ask('--hotwords=Ada, Grace', '--beam-size=3', '--temperature=0,0.4', '--clip=1:00-'),
    {
      ...{ audio, model: 'base', task: 'transcribe', emit: ['progress'] },
      ...{ hotwords: ['Ada', 'Grace'], beamSize: 3, temperature: [0, 0.4], clip: { start: 60 } },
    },
  )
  assert.is(((await ask('--temperature=0')) as { temperature: number }).temperature, 0)
})

test('shapes cues as it is told', async () => {
  const place = studio()
  place.record('talk.mp3')
  const shaping = ['--max-chars=8', '--max-lines=2', '--max-cps=20']
  assert.is((await run(place, place.path('talk.mp3'), ...shaping)).code, 0)
  assert.match(place.read('talk.srt'), '\nHello,\nworld.\n')
})

test('prints the transcript of one file', async () => {
  const place = studio()
  place.record('talk.mp3')
  const { code, stdout, stderr } = await run(place, place.path('talk.mp3'), '--output=-')
  assert.is(code, 0)
  assert.is(stdout, helloSrt)
  assert.match(stderr, /✓ .*talk\.mp3 {2}4\.0 s/)
  assert.equal(namesOf(place.folder), ['talk.mp3'])
})

test('tells programs each event as a line of JSON', async () => {
  const place = studio()
  place.record('talk.mp3', {
    warnings: [{ kind: 'repetition', message: 'Said twice', start: 1 }],
  })
  const file = place.path('talk.mp3')
  const { code, stdout, stderr } = await run(place, file, '--json')
  assert.is(code, 0)
  assert.is(stderr, '')
  const told = events(stdout)
  const types = ['starting', 'engine', 'sent', 'started', 'segment', 'progress', 'done', 'end']
  assert.equal(
    told.map(({ type }) => type),
    types,
  )
  assert.ok(told.every(({ time }) => new Date(`${time}`).toISOString() === time))
  const [, engine, , started, segment, progress, done, end] = told.map(
    ({ time: _, ...rest }) => rest,
  )
  assert.equal(engine, { type: 'engine', engine: 'listener', model: 'base' })
  assert.equal(started, { type: 'started', file, duration: 4 })
  assert.equal(segment, { type: 'segment', file, segment: { id: 0, ...hello } })
  assert.equal(progress, { type: 'progress', file, processed: 2.5, duration: 4, ratio: 0.625 })
  const { tookMs, speed, ...rest } = done as { tookMs: number; speed: number }
  assert.ok(tookMs > 0 && speed > 0)
  assert.equal(rest, {
    ...{ type: 'done', file, duration: 4, language: 'en', segments: 1 },
    outputs: [place.path('talk.srt')],
    warnings: [{ kind: 'repetition', message: 'Said twice', start: 1 }],
  })
  assert.equal(end, { type: 'end', done: 1, skipped: 0, failed: 0, left: 0 })
})

test('counts only the part that it listens to', async () => {
  const place = studio()
  place.record('talk.mp3')
  const { stdout } = await run(place, place.path('talk.mp3'), '--clip=1-3', '--json')
  const told = events(stdout)
  const { processed, duration } = told.find(({ type }) => type === 'progress') ?? {}
  assert.equal({ processed, duration }, { processed: 1.5, duration: 2 })
  assert.is(told.find(({ type }) => type === 'done')?.['duration'], 2)
})

test('says what may be wrong with a transcript', async () => {
  const place = studio()
  place.record('silent.mp3', { segments: [] })
  place.record('talk.mp3', { warnings: [{ kind: 'repetition', message: 'Said twice', start: 1 }] })
  const { code, stderr } = await run(place, place.path('silent.mp3'), place.path('talk.mp3'))
  assert.is(code, 0)
  assert.is(place.read('silent.srt'), '')
  assert.match(stderr, '\n  Nobody speaks in it.\n')
  assert.match(stderr, '\n  ! Said twice at 1.0 s\n')
})

test('does nothing again that is done, unless its file, its settings or its transcript changed', async () => {
  const place = studio()
  place.record('talk.mp3')
  const file = place.path('talk.mp3')
  const types = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await run(place, file, '--json', ...args)
    return events(stdout)
      .map(({ type }) => type)
      .filter((type) => type === 'done' || type === 'skipped' || type === 'failed')
      .join()
  }
  assert.is(await types(), 'done')
  assert.is(await types(), 'skipped')
  assert.is((await run(place, file)).stderr.includes('was done before: '), true)
  assert.is(await types('--overwrite'), 'done')
  assert.is(await types('--max-chars=20'), 'done') // what it wrote itself may be overwritten
  assert.is(await types(), 'done')
  assert.is(await types('--format=srt,vtt'), 'done')
  assert.is(await types('--format=srt,vtt'), 'skipped')
  utimesSync(file, 1, 1)
  assert.is(await types(), 'done')
  rmSync(place.path('talk.srt'))
  assert.is(await types(), 'done')
  writeFileSync(place.path('talk.srt'), 'mended by hand')
  assert.is(await types(), 'failed')
  assert.is(place.read('talk.srt'), 'mended by hand')
  assert.is(statSync(place.path('state/sidestream/transcripts.jsonl')).mode & 0o777, 0o600)
})

test('overwrites nothing that it has not written, unless it is told to', async () => {
  const place = studio()
  for (const name of ['talk.mp3', 'walk.mp3']) place.record(name)
  writeFileSync(place.path('talk.srt'), 'of another')
  const files = [place.path('talk.mp3'), place.path('walk.mp3')]
  const { code, stderr } = await run(place, ...files)
  assert.is(code, 1)
  assert.match(
    stderr,
    /✗ .*talk\.mp3: .*talk\.srt is there already, .* \(OutputExists\)\n {2}To overwrite it: --overwrite\./,
  )
  assert.match(stderr, '1 transcribed, 1 failed\n')
  assert.is(place.read('talk.srt'), 'of another')
  assert.is(place.read('walk.srt'), helloSrt)
  assert.is((await run(place, ...files, '--overwrite')).code, 0)
  assert.is(place.read('talk.srt'), helloSrt)
})

test('lets a file that fails cost only itself', async () => {
  const place = studio()
  place.record('bad.mp3', { does: 'fail' })
  place.record('odd.mp3', { does: 'nonsense' })
  place.record('good.mp3')
  const files = ['gone.mp3', 'bad.mp3', 'odd.mp3', 'good.mp3'].map(place.path)
  const { code, stderr } = await run(place, ...files)
  assert.is(code, 1)
  assert.match(stderr, /✗ .*gone\.mp3: there is no such file \(AudioNotFound\)\n/)
  assert.match(stderr, /✗ .*bad\.mp3: It is no audio \(AudioInvalid\)\n {2}Convert it first\.\n/)
  assert.match(stderr, /✗ .*odd\.mp3: listener answered something else than a transcript: /)
  assert.match(stderr, '1 transcribed, 3 failed\n')
  assert.is(place.read('good.srt'), helloSrt)
  assert.equal(namesOf(place.folder), ['bad.mp3', 'good.mp3', 'good.srt', 'odd.mp3'])
})

test('gives up on a file that takes too long', async () => {
  const place = studio()
  place.record('slow.mp3', { does: 'wait' })
  const { code, stderr } = await run(place, place.path('slow.mp3'), '--timeout=50ms')
  assert.is(code, 1)
  assert.match(
    stderr,
    /✗ .*slow\.mp3: The deadline of 50 ms has passed \(DeadlineExceeded\)\n {2}Give it more time/,
  )
})

test('says so when there is no model, or no engine', async () => {
  const place = studio({ LISTENER_HAS_NOTHING: '1' })
  place.record('talk.mp3')
  const { code, stderr } = await run(place, place.path('talk.mp3'))
  assert.is(code, 1)
  assert.match(stderr, '✗ listener has no model; name one by --model (ModelNotFound)\n')
  const none = await sidestream(['transcribe', place.path('talk.mp3')], { env: place.env })
  assert.is(none.code, 1)
  assert.match(none.stderr, 'No speech engine is installed (DependencyMissing)\n')
  assert.match(none.stderr, '  Install one: sidestream engines install faster-whisper\n')
  const german = await sidestream(['transcribe', place.path('talk.mp3'), '--language=de'], {
    env: place.env,
  })
  assert.match(
    german.stderr,
    '  Install one: sidestream engines install faster-whisper --model base\n',
  )
})

test('a path that cannot be looked at costs only itself', async () => {
  const place = studio()
  place.record('talk.mp3')
  symlinkSync(place.path('loop.mp3'), place.path('loop.mp3'))
  const paths = ['talk.mp3/part.mp3', 'loop.mp3', `${'x'.repeat(300)}.mp3`, 'talk.mp3']
  const { code, stderr } = await run(place, ...paths.map(place.path))
  assert.is(code, 1)
  assert.match(stderr, /part\.mp3: there is no such file \(AudioNotFound\)/)
  assert.match(stderr, /loop\.mp3: it cannot be read: ELOOP/)
  assert.match(stderr, /xxx\.mp3: it cannot be read: ENAMETOOLONG/)
  assert.match(stderr, '1 transcribed, 3 failed')
  const elsewhere = await run(place, place.path('talk.mp3'), `--output=${place.path('talk.mp3/x')}`)
  assert.is(elsewhere.code, 74)
  assert.match(elsewhere.stderr, 'could not be written: ENOTDIR')
})

test('a name may be as long as names can be', async () => {
  const place = studio()
  const name = '字'.repeat(83) // 249 bytes
  place.record(`${name}.mp3`)
  const { code, stderr } = await run(place, place.path(`${name}.mp3`))
  assert.is(code, 0, stderr)
  assert.is(place.read(`${name}.srt`), helloSrt)
})

test('tells why its engine could not be started', async () => {
  const place = studio()
  place.record('talk.mp3')
  writeFileSync(place.path('broken.js'), "throw new Error('boom')")
  const { code, stderr } = await run(
    place,
    `--engine=${place.path('broken.js')}`,
    place.path('talk.mp3'),
  )
  assert.is(code, 70)
  assert.match(stderr, 'sidestream transcribe: The engine broken was started 2 times')
  assert.match(stderr, 'Error: boom\n')
})

test('refuses what cannot be carried out, before anything is begun', async () => {
  const place = studio()
  for (const name of ['talk.mp3', 'talk.wav', 'notes.txt']) place.record(name)
  const talk = place.path('talk.mp3')
  const refused = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(place, ...args)
    assert.is(code, 64, stderr)
    assert.is(stdout, '')
    return stderr
  }
  assert.match(await refused(), 'Which files?')
  assert.match(await refused('-'), 'cannot be read from stdin')
  assert.match(await refused(place.folder), 'is a folder. Give the files in it')
  assert.match(await refused(talk, place.path('talk.wav')), /would both be written to .*talk\.srt/)
  assert.match(
    await refused(place.path('notes.txt'), '--format=txt'),
    /notes\.txt would be written over .*notes\.txt/,
  )
  assert.match(await refused(talk, `--output=${talk}`), 'is a file. Give a folder')
  assert.match(await refused(talk, '--format=str'), 'not str. Did you mean srt?')
  assert.match(await refused(talk, '--jobs=0'), '--jobs is a number of at least 1')
  assert.match(await refused(talk, '--max-lines=1.5'), '--max-lines is a whole number')
  assert.match(await refused(talk, '--model='), '--model wants a value')
  assert.match(await refused(talk, '--device='), '--device wants a value')
  assert.match(await refused(talk, '--device=cpu'), 'are for engines that are built in')
  assert.match(await refused(talk, '--beam-size=0'), '--beam-size is a number of at least 1')
  assert.match(await refused(talk, '--temperature=2'), '--temperature is a number from 0 to 1')
  assert.match(await refused(talk, '--temperature=0,'), '--temperature is a number from 0 to 1')
  assert.match(await refused(talk, '--clip=now'), '--clip is a part such as 90-120')
  assert.match(await refused(talk, '--task=translat'), 'Did you mean translate?')
  assert.match(await refused(talk, '--engine=./nowhere.js'), 'There is no engine at ./nowhere.js')
  assert.match(await refused(talk, '--output=-', '--format=srt,vtt'), 'one file and one format')
  assert.match(await refused(talk, '--output=-', '--json'), 'both want stdout')
  assert.equal(namesOf(place.folder), ['notes.txt', 'talk.mp3', 'talk.wav'])
})

test('takes a file that is named twice once', async () => {
  const place = studio()
  place.record('talk.mp3')
  const { code, stdout } = await run(
    place,
    place.path('talk.mp3'),
    place.path('out/../talk.mp3'),
    '--json',
  )
  assert.is(code, 0)
  assert.is(events(stdout).filter(({ type }) => type === 'done').length, 1)
})

test.run()
