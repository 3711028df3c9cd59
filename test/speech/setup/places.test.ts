/** Where the folders of a user are. */
import { homedir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { engineFiles, modelsFolder, userPlaces } from '../../../src/speech/setup/places.js'

const test = suite('places')
const names = [
  'XDG_DATA_HOME',
  'XDG_CACHE_HOME',
  'HF_HUB_CACHE',
  'HUGGINGFACE_HUB_CACHE',
  'HF_HOME',
]

const placesWith = (variables: Readonly<Record<string, string>>) => {
  const before = names.map((name) => [name, process.env[name]] as const)
  for (const name of names) delete process.env[name]
  Object.assign(process.env, variables)
  try {
    return userPlaces()
  } finally {
    for (const [name, value] of before) {
      delete process.env[name]
      if (value !== undefined) process.env[name] = value
    }
  }
}

test('are below the home folder', () => {
  const { data, huggingFace } = placesWith({})
  if (process.platform === 'linux') assert.is(data, join(homedir(), '.local/share/sidestream'))
  assert.ok(data.startsWith(homedir()))
  assert.is(huggingFace, join(homedir(), '.cache/huggingface/hub'))
})

test('are where the environment says', () => {
  if (process.platform === 'linux')
    assert.is(placesWith({ XDG_DATA_HOME: '/d' }).data, '/d/sidestream')
  const hub = (variables: Record<string, string>) => placesWith(variables).huggingFace
  assert.is(hub({ XDG_CACHE_HOME: '/c' }), join('/c/huggingface/hub'))
  assert.is(hub({ XDG_CACHE_HOME: '/c', HF_HOME: '/h' }), join('/h/hub'))
  assert.is(hub({ HF_HOME: '/h', HF_HUB_CACHE: '/hub' }), '/hub')
})

test('have a folder for each engine, and for its models', () => {
  const places = placesWith({ XDG_DATA_HOME: '/d' })
  const { venv, python } = engineFiles('funasr', places)
  assert.is(venv, join(places.data, 'engines/funasr/venv'))
  assert.ok(python.startsWith(venv))
  assert.is(modelsFolder('funasr', places), join(places.data, 'models/funasr'))
})

test.run()
