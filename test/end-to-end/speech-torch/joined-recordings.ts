/** The recordings as one, and how much of it was heard. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { recordings, samplesOf, writeWave } from '../speech/recordings.js'
import { wordErrors, wordsOf } from '../speech/word-errors.js'

const folder = mkdtempSync(join(tmpdir(), 'sidestream-torch-'))
process.once('exit', () => rmSync(folder, { recursive: true }))

/** @returns path of a wave file of 24.7 s */
export const joinedRecordings = (): string => {
  const path = join(folder, 'joined.wav')
  const parts = recordings().map((it) => samplesOf(it.path))
  writeWave(path, parts)
  return path
}

/** Of its 71 words, the share that is wrong. One is the least: the reference keeps a slip of the reader. */
export const errorRate = (text: string): number => {
  const said = recordings().flatMap((it) => wordsOf(it.text))
  return wordErrors(wordsOf(text), said) / said.length
}
