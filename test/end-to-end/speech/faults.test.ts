/** Processes that are killed in mid-job, and jobs that are late or wait, with faster-whisper at the end of the path. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client } from 'sidestream/host'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { failure, type Told, told } from '../../contract/told.js'
import { startedEngine } from './installed-engine.js'
import { isThere, pythonBelow, treeOf } from './process-tree.js'
import { librivox, samplesOf, writeWave } from './recordings.js'

const test = suite('faster-whisper, faults')

const folder = mkdtempSync(join(tmpdir(), 'sidestream-faults-'))
const minutes = join(folder, 'minutes.wav')
let client: Client
const started = () => startedEngine('faster-whisper', 'tiny.en')
test.before(async () => {
  writeWave(minutes, Array(30).fill(samplesOf(librivox)))
  client = await started()
})
test.after(async () => {
  await client.close()
  rmSync(folder, { recursive: true })
})

const quick = { audio: { path: librivox }, model: 'tiny.en', task: 'transcribe', beamSize: 1 }
/** Seconds of work. */
const long = { ...quick, beamSize: 5, wordTimestamps: true }
/** A minute of work or more. */
const longest = { ...long, audio: { path: minutes } }
const transcribe = (params: object, options = {}, its = client) =>
  told(its, 'transcription.transcribe', params, options)
const pidOf = (its: Client): number => its.pid as number

/** @returns a long job whose decoding has begun */
const begun = async (its = client, params = long): Promise<{ readonly job: Promise<Told> }> => {
  let job: Promise<Told> | undefined
  await new Promise<void>((resolve, reject) => {
    job = told(its, 'transcription.transcribe', params, {}, () => resolve())
    job.catch(reject)
  })
  return { job: job as Promise<Told> }
}

/** Waits no longer than another engine's job takes: whoever first does its own is still there then. */
const nobodyIsLeft = async (pids: readonly number[]): Promise<void> => {
  await transcribe(quick)
  assert.equal(pids.filter(isThere), [])
}

const isRight = ({ result }: Told): boolean => /John Dashwood/.test(result.text)

test('kill -9 of the Python in mid-job: the job says so, the next one works, nobody is left', async () => {
  await transcribe(quick)
  const { job } = await begun()
  const { pid } = pythonBelow(pidOf(client))
  process.kill(pid, 'SIGKILL')
  const { kind, code, facts, retryable } = await failure(job)
  assert.equal([kind, code, facts['signal'], retryable], ['EngineGone', -32005, 'SIGKILL', true])
  assert.match(String(facts['hint']), /memory/)
  assert.ok(isRight(await transcribe(quick)))
  assert.is.not(pythonBelow(pidOf(client)).pid, pid)
  assert.is(treeOf(pidOf(client)).length, 2)
})

test('of two jobs that are under way when it is killed, the one that waited is done', async () => {
  const { job } = await begun()
  const waiting = transcribe(quick)
  process.kill(pythonBelow(pidOf(client)).pid, 'SIGKILL')
  assert.is((await failure(job)).kind, 'EngineGone')
  assert.ok(isRight(await waiting))
})

test('kill -9 of the engine in mid-job: its Python does not outlive it', async () => {
  const its = await started()
  const { job } = await begun(its, longest)
  const { pid } = pythonBelow(pidOf(its))
  process.kill(pidOf(its), 'SIGKILL')
  const { kind, facts } = await failure(job)
  assert.equal([kind, facts['signal']], ['EngineGone', 'SIGKILL'])
  await nobodyIsLeft([pid])
})

test('an engine that is closed in mid-job leaves nobody', async () => {
  const its = await started()
  const { job } = await begun(its, longest)
  const tree = treeOf(pidOf(its))
  assert.is(tree.length, 2)
  await Promise.all([failure(job), its.close(100)])
  await nobodyIsLeft(tree.map(({ pid }) => pid))
})

test('a job is late at its deadline, and not after what it does', async () => {
  const { result } = await transcribe(long)
  const deadlineMs = Math.round(result.timings.decodeMs / 5)
  const late = transcribe({ ...long, _meta: { deadlineMs } }) // which the host does not look after
  const { kind, code, facts } = await failure(late)
  assert.equal([kind, code], ['DeadlineExceeded', -32001])
  assert.equal([facts['deadlineMs'], facts['phase']], [deadlineMs, 'running'])
  assert.ok(isRight(await transcribe(quick)))
})

test('jobs take turns in the order in which they came', async () => {
  const order: string[] = []
  const turn = async (name: string, params: object) => {
    const { result } = await told(client, 'transcription.transcribe', params, {}, ({ kind }) => {
      if (kind === 'started') order.push(`${name} started`)
    })
    order.push(`${name} done`)
    return result.timings
  }
  const [first, second] = await Promise.all([turn('first', long), turn('second', quick)])
  assert.equal(order, ['first started', 'first done', 'second started', 'second done'])
  assert.ok(first.queueMs < second.queueMs)
})

test.run()
