/** Audio in all the ways in which a request may bring it. */
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { AudioInput, Clip } from '../../../src/models/audio.js'
import { isRpcError, type RpcError } from '../../../src/protocol/rpc-error.js'
import { openAudio } from '../../../src/speech/audio/open-audio.js'
import { pcm16, waveFile } from '../../samples/wave-file.js'

const test = suite('audio')
const folder = mkdtempSync(join(tmpdir(), 'sidestream-audio-test-'))
const { PATH, TMPDIR } = process.env
const scratch = join(folder, 'tmp')
mkdirSync(scratch)
test.before(() => {
  process.env['TMPDIR'] = scratch
})
test.after(() => {
  process.env['PATH'] = PATH
  if (TMPDIR === undefined) delete process.env['TMPDIR']
  else process.env['TMPDIR'] = TMPDIR
  rmSync(folder, { recursive: true })
})
test.before.each(() => {
  process.env['PATH'] = join(folder, 'none')
})

const saved = (name: string, bytes: Buffer | string): string => {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

const read = async (input: AudioInput, clip?: Clip) => {
  const audio = await openAudio(input, clip)
  try {
    const samples: number[] = []
    for await (const block of audio.blocks()) samples.push(...block)
    return { samples, sampleRate: audio.sampleRate, duration: audio.duration }
  } finally {
    audio.close()
  }
}

const failureOf = async (input: AudioInput, clip?: Clip): Promise<RpcError> => {
  try {
    await read(input, clip)
  } catch (error) {
    if (isRpcError(error)) return error
    throw error
  }
  throw new Error('it was read')
}

/** In the place of the real one, which not every machine has: what it does is a line of shell. */
const installFfmpeg = (line: string): void => {
  const place = join(folder, 'bin')
  mkdirSync(place, { recursive: true })
  const text = `#!/bin/sh\n[ "$1" = -version ] && exit 0\n${line}\n`
  writeFileSync(join(place, 'ffmpeg'), text)
  chmodSync(join(place, 'ffmpeg'), 0o755)
  process.env['PATH'] = [place, PATH].join(delimiter)
}

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const seconds = 'Duration: 00:00:00.50, start: 0.0'
/** Half a second of a constant, at 16 kHz. */
const half = Buffer.from(Int16Array.from({ length: 8000 }, () => 16_384).buffer)

test('is a wave file', async () => {
  const path = saved('a.wav', waveFile([0.5, -0.5], { sampleRate: 8000 }))
  const { samples, sampleRate, duration } = await read({ path })
  assert.equal(
    samples.map((sample) => Math.round(sample * 100) / 100),
    [0.5, -0.5],
  )
  assert.equal([sampleRate, duration], [8000, 2 / 8000])
})

test('is the content of one', async () => {
  const base64 = waveFile([0.5, -0.5], { sampleRate: 8000 }).toString('base64')
  assert.is((await read({ base64, format: 'wav' })).samples.length, 2)
})

test('is samples', async () => {
  const pcm16Base64 = pcm16([0.25, 0.5, 0.75]).toString('base64')
  const { samples, sampleRate } = await read({ pcm16Base64, sampleRate: 44_100 })
  assert.equal([samples.length, sampleRate], [3, 44_100])
})

test('is refused where there is none', async () => {
  const { kind, facts } = await failureOf({ path: join(folder, 'none.wav') })
  assert.equal([kind, facts.reason], ['AudioNotFound', 'missing'])
  assert.equal((await failureOf({ path: folder })).facts.reason, 'not-a-file')
})

test('is refused where it is empty or broken', async () => {
  const reasonOf = async (input: AudioInput) => {
    const { kind, facts } = await failureOf(input)
    assert.is(kind, 'AudioInvalid')
    return facts.reason
  }
  assert.is(await reasonOf({ path: saved('empty.wav', '') }), 'empty')
  assert.is(
    await reasonOf({ path: saved('short.wav', waveFile([0.1, 0.2], { dataLength: 100 })) }),
    'truncated',
  )
  assert.is(await reasonOf({ base64: 'UklGRg==', format: 'wav' }), 'truncated')
  assert.is(await reasonOf({ base64: '%%%', format: 'wav' }), 'not-base64')
  assert.is(await reasonOf({ pcm16Base64: 'AAAA', sampleRate: 8000 }), 'truncated')
})

test('is refused where the clip begins behind its end', async () => {
  const path = saved('a.wav', waveFile([0.5, -0.5], { sampleRate: 8000 }))
  assert.is((await failureOf({ path }, { start: 1 })).kind, 'InvalidParams')
})

test('may have no samples', async () => {
  const path = saved('no-samples.wav', waveFile([]))
  const { samples, duration } = await read({ path }, { end: 1 })
  assert.equal([samples, duration], [[], 0])
})

test('of another format asks for ffmpeg', async () => {
  const { kind, message, facts } = await failureOf({ path: saved('a.flac', 'fLaC0000000000') })
  assert.is(kind, 'AudioInvalid')
  assert.match(message, /it looks like FLAC.*Or install ffmpeg/)
  assert.equal([facts.reason, facts.hint], ['not-wave', 'install ffmpeg'])
})

test('of another format is read by ffmpeg', async () => {
  const pcm = saved('half.pcm', half)
  installFfmpeg(`echo '${seconds}' >&2; cat '${pcm}'`)
  const { samples, sampleRate, duration } = await read({ path: saved('a.mp3', 'ID3 and more') })
  assert.equal([samples.length, samples[0], sampleRate, duration], [8000, 0.5, 16_000, 0.5])
})

test('of which ffmpeg does not know the length is counted first', async () => {
  const pcm = saved('half.pcm', half)
  installFfmpeg(`echo 'Duration: N/A' >&2; cat '${pcm}'`)
  const { samples, duration } = await read({ path: saved('a.webm', 'webm') })
  assert.equal([samples.length, duration], [8000, 0.5])
})

test('of which ffmpeg only guesses the length is counted first', async () => {
  const pcm = saved('half.pcm', half)
  const guess = 'Estimating duration from bitrate, this may be inaccurate'
  installFfmpeg(`echo '${guess}' >&2; echo 'Duration: 00:00:00.30, x' >&2; cat '${pcm}'`)
  assert.is((await read({ path: saved('a.aac', 'adts') })).duration, 0.5)
})

test('in base64 is a file for ffmpeg, which is removed', async () => {
  const pcm = saved('half.pcm', half)
  installFfmpeg(`echo '${seconds}' >&2; cat '${pcm}'`)
  const base64 = Buffer.from('ID3 and more').toString('base64')
  assert.is((await read({ base64, format: 'mp3' })).samples.length, 8000)
  assert.equal(readdirSync(scratch), [])
})

test('is refused where ffmpeg cannot read it', async () => {
  installFfmpeg(`echo 'file:x: Invalid data found when processing input' >&2; exit 1`)
  const { kind, message, facts } = await failureOf({ path: saved('a.txt', 'Dear diary') })
  assert.equal([kind, facts.reason], ['AudioInvalid', 'not-audio'])
  assert.match(message, /a\.txt is not audio that ffmpeg can read \(.*Invalid data found/)
})

test('is refused where ffmpeg fails half-way', async () => {
  const pcm = saved('half.pcm', half)
  installFfmpeg(`echo '${seconds}' >&2; cat '${pcm}'; echo 'Error while decoding' >&2; exit 69`)
  assert.is((await failureOf({ path: saved('a.mp3', 'ID3 and more') })).facts.reason, 'not-audio')
})

test('leaves no ffmpeg behind that is not read', async () => {
  const pid = join(folder, 'pid')
  installFfmpeg(`echo $$ > '${pid}'; echo '${seconds}' >&2; exec cat /dev/zero`)
  const audio = await openAudio({ path: saved('a.mp3', 'ID3 and more') })
  audio.close()
  while (isRunning(Number(readFileSync(pid, 'utf8')))) await setImmediate()
})

test('has none where ffmpeg finds no samples', async () => {
  installFfmpeg(`echo 'Duration: N/A' >&2`)
  const { samples, duration } = await read({ path: saved('a.mp3', 'ID3 and more') })
  assert.equal([samples, duration], [[], 0])
})

test.run()
