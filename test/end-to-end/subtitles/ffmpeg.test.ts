/** What we write, read by ffmpeg: it makes the one format of the other, and we read what comes of it. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Cue } from '../../../src/subtitles/cue.js'
import { cues } from '../../../src/subtitles/cues.js'
import { parseSrt, parseVtt } from '../../../src/subtitles/parse.js'
import { renderSrt } from '../../../src/subtitles/srt.js'
import { renderVtt } from '../../../src/subtitles/vtt.js'
import { segments } from '../../subtitles/arbitrary.js'

const test = suite('files of subtitles, read by ffmpeg')
const run = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), 'sidestream-subtitles-'))
let ffmpeg = ''

test.before(async () => {
  // Rejects where there is none and none can be installed: then all of this fails.
  const found = await run(fileURLToPath(new URL('find-ffmpeg.sh', import.meta.url)))
  ffmpeg = found.stdout.trim()
})
test.after(() => rmSync(folder, { recursive: true }))

const converted = async (text: string, from: 'srt' | 'vtt', to: 'srt' | 'webvtt') => {
  const file = join(folder, `cues.${from}`)
  writeFileSync(file, text)
  const quiet = ['-hide_banner', '-nostdin', '-loglevel', 'warning']
  const { stdout, stderr } = await run(ffmpeg, [...quiet, '-i', file, '-f', to, '-'])
  assert.is(stderr, '')
  return stdout
}

/** Tags would be tags to it. */
const transcripts = fc
  .sample(segments, { seed: 7, numRuns: 40 })
  .map((it) => cues(it).filter(({ text }) => !/[<{]/.test(text)))
  .filter(({ length }) => length > 0)

const bare = (made: readonly Cue[]) => made.map(({ start, end, text }) => ({ start, end, text }))

test('SubRip becomes WebVTT of the same times and texts', async () => {
  for (const made of transcripts) {
    const vtt = await converted(renderSrt(made), 'srt', 'webvtt')
    assert.equal(parseVtt(vtt), { _tag: 'Right', right: bare(made) })
  }
})

test('WebVTT becomes SubRip of the same times and texts, without the times of words', async () => {
  for (const made of transcripts) {
    const srt = await converted(renderVtt(made, 'words'), 'vtt', 'srt')
    assert.equal(parseSrt(srt), { _tag: 'Right', right: bare(made) })
  }
})

test('there were cues to read, in more than one script', () => {
  const all = transcripts.flat().map(({ text }) => text)
  assert.ok(transcripts.length > 20 && all.length > 100)
  for (const script of [/ß/, /日/, /。/, /ﻣ|م/, /👨‍👩‍👧/, /\n/])
    assert.ok(
      all.some((it) => script.test(it)),
      `${script}`,
    )
})

test.run()
