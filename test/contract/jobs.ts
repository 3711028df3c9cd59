/** Several jobs, and jobs that nobody wants any more. */
import type { Test } from 'uvu'
import * as assert from 'uvu/assert'
import { failure, told } from './told.js'
import type { Running } from './transcription.js'

export const jobs = (test: Test, { client, capabilities, model, audio, slow }: Running): void => {
  const quick = { audio: { path: audio }, model, task: 'transcribe' }
  const long = { ...quick, ...slow }
  const transcribe = (params: object, options = {}, onTold = () => {}) =>
    told(client(), 'transcription.transcribe', params, options, onTold)
  /** Begins a job that takes a while. @returns when it has begun */
  const begun = async (signal: AbortSignal) => {
    let job: Promise<unknown> | undefined
    await new Promise<void>((resolve, reject) => {
      job = transcribe(long, { signal }, resolve)
      job.catch(reject)
    })
    return { job: job as Promise<unknown> }
  }

  /** What the engine says; its host has given up by itself a call that was cancelled. */
  const load = async () =>
    (await client().request('engine.status')) as { inFlight: number; queued: number }

  test('answers a cancelled job at once, and does the next one', async () => {
    const abort = new AbortController()
    const { job } = await begun(abort.signal)
    const said: string[] = []
    const cancelled = failure(job).then(({ kind }) => said.push(kind))
    abort.abort()
    assert.is((await load()).inFlight, 0)
    const next = transcribe(quick).then(({ result }) => said.push(result.text))
    await Promise.all([cancelled, next])
    assert.is(said[0], 'RequestCancelled')
    assert.is(said[1]?.length, (await transcribe(quick)).result.text.length)
  })

  test('answers a job at its deadline', async () => {
    await transcribe(quick) // the model is loaded
    const late = transcribe({ ...long, _meta: { deadlineMs: 100 } }) // which the host does not look after
    const { kind, code, facts } = await failure(late)
    assert.equal([kind, code, facts['deadlineMs']], ['DeadlineExceeded', -32001, 100])
    await transcribe(quick)
  })

  test('does several at once, or one after the other', async () => {
    const both = await Promise.all([transcribe(quick), transcribe(quick)])
    const [one, other] = both.map(({ result }) => result.text)
    assert.is(one, other)
  })

  test('never begins a job that was cancelled while it waited', async () => {
    const running = new AbortController()
    const waiting = new AbortController()
    const { maxConcurrentJobs = 1 } = capabilities()
    const all = await Promise.all(
      Array.from({ length: maxConcurrentJobs }, () => begun(running.signal)),
    )
    let heard = 0
    const queued = failure(
      transcribe(quick, { signal: waiting.signal }, () => {
        heard += 1
      }),
    )
    assert.is((await load()).queued, 1)
    waiting.abort()
    assert.is((await load()).queued, 0)
    assert.is((await queued).kind, 'RequestCancelled')
    running.abort()
    for (const { job } of all) assert.is((await failure(job)).kind, 'RequestCancelled')
    await transcribe(quick)
    assert.is(heard, 0)
  })

  test('tells at once, and not after its turn, that a job cannot be done', async () => {
    const abort = new AbortController()
    const { job } = await begun(abort.signal)
    const nowhere = { ...quick, audio: { path: `${audio}.nowhere` } }
    assert.is((await failure(transcribe(nowhere))).kind, 'AudioNotFound')
    assert.is(
      (await failure(transcribe({ ...quick, engineOptions: { no: 1 } }))).kind,
      'UnsupportedOption',
    )
    abort.abort()
    await failure(job)
  })
}
