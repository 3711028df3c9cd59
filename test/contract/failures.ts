/** What cannot be done, and what is said then. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'uvu'
import * as assert from 'uvu/assert'
import { failure } from './told.js'
import type { Running } from './transcription.js'

export const failures = (test: Test, running: Running): void => {
  const { client, capabilities, model, audio, folder, unknownLanguage } = running
  const refused = (more: object, method = 'transcription.transcribe') => {
    const params = { audio: { path: audio }, model, task: 'transcribe', ...more }
    return failure(client().request(method, params))
  }
  const fileOf = (name: string, content: string): { audio: { path: string } } => {
    const path = join(folder, name)
    writeFileSync(path, content)
    return { audio: { path } }
  }

  test('says that there is no such file', async () => {
    const path = join(folder, 'nowhere.wav')
    const { kind, code, message, facts } = await refused({ audio: { path } })
    assert.equal([kind, code, facts['path']], ['AudioNotFound', -32012, path])
    assert.match(message, path)
  })

  test('says that a file is no audio', async () => {
    for (const file of [
      fileOf('empty.wav', ''),
      fileOf('text.wav', 'no audio at all'.repeat(99)),
    ]) {
      const { kind, code } = await refused(file)
      assert.equal([kind, code], ['AudioInvalid', -32013], file.audio.path)
    }
    assert.is((await refused({ audio: { path: folder } })).kind, 'AudioInvalid')
    const base64 = Buffer.from('no audio at all').toString('base64')
    assert.is((await refused({ audio: { base64, format: 'wav' } })).kind, 'AudioInvalid')
  })

  test('says that there is no such model', async () => {
    const { kind, code, message } = await refused({ model: 'no-such-model' })
    assert.equal([kind, code], ['ModelNotFound', -32010])
    assert.match(message, 'no-such-model')
    const { devices = [], computeTypes = [] } = capabilities()
    const load = { model: 'no-such-model', device: devices[0], computeType: computeTypes[0] }
    assert.is((await failure(client().request('models.load', load))).kind, 'ModelNotFound')
    const unload = client().request('models.unload', { model: 'no-such-model' })
    assert.is((await failure(unload)).kind, 'ModelNotFound')
  })

  test('says which option it does not have', async () => {
    const { kind, code, facts } = await refused({ engineOptions: { noSuchOption: 1 } })
    assert.equal([kind, code, facts['option']], ['UnsupportedOption', -32015, 'noSuchOption'])
    const load = { model, device: 'abacus', computeType: 'int8' }
    const other = await failure(client().request('models.load', load))
    assert.equal([other.kind, other.facts['option']], ['UnsupportedOption', 'device'])
    for (const [option, value, isAble] of [
      ['hotwords', ['word'], capabilities().hotwords],
      ['initialPrompt', 'Text.', capabilities().initialPrompt],
      ['wordTimestamps', true, capabilities().wordTimestamps],
    ] as const) {
      if (isAble === true) continue
      const error = await refused({ [option]: value })
      assert.equal([error.kind, error.facts['option']], ['UnsupportedOption', option])
    }
  })

  test('says that it does not know a language', async () => {
    if (unknownLanguage === undefined) return
    const { kind, code, facts } = await refused({ language: unknownLanguage })
    assert.equal([kind, code, facts['language']], ['UnsupportedLanguage', -32014, unknownLanguage])
  })

  test('says which param is wrong', async () => {
    for (const more of [{ task: 'sing' }, { beamSize: 0 }, { beamsize: 5 }, { audio: {} }]) {
      assert.is((await refused(more)).kind, 'InvalidParams', JSON.stringify(more))
    }
  })
}
