/** Models that an engine has, and what it takes to have one in memory. */
import type * as t from 'io-ts'
import { flag, list, milliseconds, oneOf, text, whole } from './members.js'
import { openObject, strictObject } from './objects.js'
import { model, task } from './transcribe-request.js'
import { usedComputeType, usedDevice } from './transcribe-result.js'

const keepAliveMs = whole(
  'How long it stays in memory after its last call, in milliseconds: 0 not at all, -1 for ever.',
  { minimum: -1 },
)
const rssBytes = whole('Memory that the engine holds now, in bytes.')

export const ModelInfo = openObject(
  'ModelInfo',
  'A model of the engine.',
  {
    model: text('Its name, for requests.'),
    state: oneOf(
      ['available', 'loading', 'loaded', 'unloading'],
      'Whether it is in memory, or on its way.',
    ),
  },
  {
    tasks: list(task, 'What it can do.'),
    languages: list(text('A code.'), 'Codes of the languages that it knows.'),
    sizeBytes: whole('Size of its files, in bytes.'),
    device: usedDevice,
    computeType: usedComputeType,
    keepAliveMs,
  },
)
export type ModelInfo = t.TypeOf<typeof ModelInfo>

export const ModelListResult = openObject('ModelListResult', 'What `models.list` answers.', {
  models: list(ModelInfo, 'All models that the engine can use.'),
})
export type ModelListResult = t.TypeOf<typeof ModelListResult>

export const ModelLoadRequest = strictObject(
  'ModelLoadRequest',
  'Params of `models.load`.',
  { model },
  {
    device: text(
      'What to load it on, such as `cpu`. Default: what the engine is set to, or the best that there is.',
    ),
    computeType: text(
      'Numbers to compute in, such as `int8`. Default: what the engine is set to, or those of the device.',
    ),
    cpuThreads: whole('Threads it works with, on a CPU.', { minimum: 1 }),
    keepAliveMs,
  },
)
export type ModelLoadRequest = t.TypeOf<typeof ModelLoadRequest>

export const ModelLoadResult = openObject('ModelLoadResult', 'What `models.load` answers.', {
  model,
  loadMs: milliseconds('How long it took'),
  rssBytes,
})
export type ModelLoadResult = t.TypeOf<typeof ModelLoadResult>

export const ModelUnloadRequest = strictObject(
  'ModelUnloadRequest',
  'Params of `models.unload`.',
  { model },
  { hard: flag('Whether the process that holds it ends, too.', { default: false }) },
)
export type ModelUnloadRequest = t.TypeOf<typeof ModelUnloadRequest>

export const ModelUnloadResult = openObject('ModelUnloadResult', 'What `models.unload` answers.', {
  model,
  rssBytes,
})
export type ModelUnloadResult = t.TypeOf<typeof ModelUnloadResult>
