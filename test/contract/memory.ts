/** Models: listed, loaded, kept, unloaded. */
import type * as t from 'io-ts'
import {
  type ModelInfo,
  ModelListResult,
  ModelLoadResult,
  ModelUnloadResult,
} from 'sidestream/models'
import type { Test } from 'uvu'
import * as assert from 'uvu/assert'
import { fitting, told } from './told.js'
import type { Running } from './transcription.js'

export const memory = (test: Test, running: Running): void => {
  const { client, capabilities, model, audio, slow } = running
  const list = async () => fitting(ModelListResult, await client().request('models.list')).models
  const ours = async (): Promise<t.TypeOf<typeof ModelInfo> | undefined> =>
    (await list()).find((it) => it.model === model)
  const load = async (more: object = {}) => {
    const { devices = [], computeTypes = [] } = capabilities()
    const params = { model, device: devices[0], computeType: computeTypes[0], ...more }
    return fitting(ModelLoadResult, await client().request('models.load', params))
  }
  const unload = async (hard = false) =>
    fitting(ModelUnloadResult, await client().request('models.unload', { model, hard }))
  const job = { audio: { path: audio }, model, task: 'transcribe' }

  test('lists the model, which is not in memory', async () => {
    assert.is((await ours())?.state, 'available')
  })

  test('loads it, once, and unloads it', async () => {
    const loaded = await load({ keepAliveMs: -1 })
    assert.is(loaded.model, model)
    const { state, device, keepAliveMs } = (await ours()) ?? {}
    assert.equal([state, device, keepAliveMs], ['loaded', capabilities().devices?.[0], -1])
    assert.is((await load({ keepAliveMs: -1 })).loadMs, 0)
    assert.is((await unload()).model, model)
    assert.is((await ours())?.state, 'available')
    await unload() // again is no error
  })

  test('loads a model that is not loaded for a transcription, and keeps it', async () => {
    const { result } = await told(client(), 'transcription.transcribe', job)
    assert.is(result.model, model)
    assert.is((await ours())?.state, 'loaded')
    assert.is((await told(client(), 'transcription.transcribe', job)).result.timings.loadMs, 0)
  })

  test('loads it again after its process has ended', async () => {
    await unload(true)
    assert.is((await ours())?.state, 'available')
    await told(client(), 'transcription.transcribe', job)
    assert.is((await ours())?.state, 'loaded')
  })

  test('unloads a model that is not to stay after its first call', async () => {
    await load({ keepAliveMs: 0 })
    assert.is((await ours())?.state, 'loaded')
    await told(client(), 'transcription.transcribe', job)
    while ((await ours())?.state !== 'available'); // it ends with the time limit of the suite
    await unload()
  })

  test('unloads a model when the job that uses it has ended', async () => {
    const ended: string[] = []
    const noted = async (name: string, answer: Promise<unknown>): Promise<void> => {
      await answer
      ended.push(name)
    }
    let unloading: Promise<void> | undefined
    const onProgress = (): void => {
      unloading ??= noted('unloaded', client().request('models.unload', { model }))
    }
    const long = { ...job, ...slow }
    await noted('transcribed', client().request('transcription.transcribe', long, { onProgress }))
    await unloading
    assert.equal(ended, ['transcribed', 'unloaded'])
  })
}
