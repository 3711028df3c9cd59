/** What every speech engine does alike, looked at through the host. An engine's own test gives it audio and a model. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type * as t from 'io-ts'
import type { Client } from 'sidestream/host'
import { EngineInfo, type SpeechCapabilities } from 'sidestream/models'
import { suite, type Test } from 'uvu'
import * as assert from 'uvu/assert'
import { detections } from './detections.js'
import { failures } from './failures.js'
import { inputs } from './inputs.js'
import { jobs } from './jobs.js'
import { memory } from './memory.js'
import { results } from './results.js'
import { streams } from './streams.js'
import { fitting } from './told.js'

/** What not every engine can do. Of an engine that cannot, the tests of it look at nothing. */
const skills = [
  'languageDetection',
  'wordTimestamps',
  'wordProbabilities',
  'streaming',
  'vad',
  'hotwords',
  'initialPrompt',
] as const

export interface Subject {
  /** Starts the engine anew, in this folder. */
  readonly start: (cwd?: string) => Promise<Client>
  /** Path of a wave file of 16-bit samples of one channel, with some seconds of speech, and silence. */
  readonly audio: string
  /** A model that turns it into text. */
  readonly model: string
  /** Where somebody speaks in it, if somebody has marked it by hand, and how far off the engine may be, in seconds. */
  readonly speech?: {
    readonly marked: readonly (readonly [number, number])[]
    readonly offBy: number
  }
  /** Params that are put to a transcription of `audio`, so that it takes a second or more. */
  readonly slow: object
  /** A language that the engine does not know; undefined if it knows any. */
  readonly unknownLanguage?: string
  /** What it cannot do, in the order of {@link skills}. Default: it can do all. */
  readonly lacks?: readonly (typeof skills)[number][]
}

/** What the tests share. */
export interface Running extends Subject {
  /** One that is started for all tests; what a test changes in it, it puts back. */
  readonly client: () => Client
  readonly capabilities: () => t.TypeOf<typeof SpeechCapabilities>
  /** A folder for files of the tests. */
  readonly folder: string
}

/** @returns a suite, to be run */
export const transcriptionContract = (name: string, subject: Subject): Test => {
  const test = suite(`${name}: the contract of speech engines`)
  const folder = mkdtempSync(join(tmpdir(), 'sidestream-contract-'))
  let client: Client
  test.before(async () => {
    client = await subject.start()
  })
  test.after(async () => {
    await client.close()
    rmSync(folder, { recursive: true })
  })
  const info = () => fitting(EngineInfo, client.info)
  const running: Running = {
    ...subject,
    client: () => client,
    capabilities: () => info().capabilities ?? {},
    folder,
  }

  test('describes what it can do', () => {
    const { capabilities, methods } = info()
    const names = methods.map((method) => method.name)
    assert.is(names.includes('stream.open'), capabilities?.streaming === true)
    assert.is(names.includes('vad.detect'), capabilities?.vad === true)
    assert.equal(
      skills.filter((skill) => capabilities?.[skill] !== true),
      subject.lacks ?? [],
    )
    assert.ok((capabilities?.maxConcurrentJobs ?? 0) >= 1)
    for (const member of ['tasks', 'languages', 'audioInputs', 'outputFormats', 'devices'] as const)
      assert.ok((capabilities?.[member]?.length ?? 0) > 0, member)
  })

  for (const part of [memory, results, inputs, detections, failures, jobs, streams]) {
    part(test, running)
  }
  return test
}
