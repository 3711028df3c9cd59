/** What can be told of a request before anything is done for it: whether the engine can do what it asks. */
import type { AudioInput } from '../models/audio.js'
import type { SpeechCapabilities } from '../models/engine-info.js'
import type { ModelLoadRequest } from '../models/model-info.js'
import type { StreamOpenRequest } from '../models/stream.js'
import { didYouMean, nearest } from '../protocol/nearest.js'
import { type RpcError, rpcError } from '../protocol/rpc-error.js'
import type { FoundModel, SpeechBackend } from './backend.js'

type Able = Pick<SpeechBackend, 'capabilities' | 'engineOptions'>

/** @param others - what could be asked instead */
const unsupported = (option: string, message: string, others?: readonly string[]): RpcError =>
  rpcError('UnsupportedOption', message, { option, ...(others && { supported: others }) })

/** @throws RpcError, UnsupportedOption, for a value that is not among those that are known */
const checkOneOf = (
  option: string,
  value: string | undefined,
  known: readonly string[] | undefined,
): void => {
  if (value === undefined || known === undefined || known.includes(value)) return
  const message = `This engine has no ${option} ${value}, only ${known.join(', ')}.`
  throw unsupported(option, `${message}${didYouMean(value, known)}`, known)
}

/** @throws RpcError, UnsupportedOption or UnsupportedLanguage */
export const checkDecoding = (
  request: StreamOpenRequest,
  { capabilities, engineOptions }: Able,
): void => {
  const { task, language, engineOptions: own = {}, outputs = [] } = request
  checkOneOf('task', task, capabilities.tasks)
  for (const format of outputs) checkOneOf('outputs', format, capabilities.outputFormats)
  for (const [option, isAsked, isAble] of [
    ['wordTimestamps', request.wordTimestamps === true, capabilities.wordTimestamps],
    ['vad', request.vad !== undefined && request.vad !== false, capabilities.vad],
    ['hotwords', request.hotwords !== undefined, capabilities.hotwords],
    ['initialPrompt', request.initialPrompt !== undefined, capabilities.initialPrompt],
  ] as const) {
    if (isAsked && isAble !== true)
      throw unsupported(option, `This engine does not take ${option}: leave it out.`)
  }
  for (const option of Object.keys(own)) {
    if (engineOptions.includes(option)) continue
    const closest = nearest(option, engineOptions)
    const message = `This engine has no engineOptions.${option}.${didYouMean(option, engineOptions)}`
    const error = unsupported(option, message, engineOptions)
    throw {
      ...error,
      facts: { ...error.facts, ...(closest !== undefined && { nearest: closest }) },
    }
  }
  if (language !== undefined) checkLanguage(language, capabilities.languages)
}

const checkLanguage = (
  language: string,
  known: SpeechCapabilities['languages'] = 'any',
  who = 'This engine',
): void => {
  if (known === 'any' || known.includes(language)) return
  const some = known.length > 8 ? 'describe tells which it knows' : `it knows ${known.join(', ')}`
  throw rpcError('UnsupportedLanguage', `${who} does not know the language ${language}: ${some}`, {
    language,
    supported: known,
  })
}

/** Of a model that is found, what it knows may be less than what the engine does. */
export const checkModel = (
  { model, tasks, languages }: FoundModel,
  { task, language }: Pick<StreamOpenRequest, 'task' | 'language'>,
  { capabilities }: Able,
): void => {
  if (tasks !== undefined && !tasks.includes(task)) {
    const able = tasks.length === 0 ? 'it only finds speech' : `it can ${tasks.join(', ')}`
    const message = `The model ${model} cannot ${task}: ${able}`
    throw unsupported('task', message, tasks)
  }
  if (language !== undefined) checkLanguage(language, languages, `The model ${model}`)
  // A model that does not tell its languages may need none: those of FunASR know their own.
  else if (capabilities.languageDetection !== true && (languages?.length ?? 1) !== 1)
    throw unsupported('language', 'This engine does not detect languages: give the language.')
}

const kindOf = (audio: AudioInput) =>
  'path' in audio ? 'path' : 'base64' in audio ? 'base64' : 'pcm16Base64'

/** @throws RpcError, UnsupportedOption */
export const checkAudioKind = (audio: AudioInput, { capabilities }: Able): void =>
  checkOneOf('audio', kindOf(audio), capabilities.audioInputs)

/** @throws RpcError, UnsupportedOption */
export const checkLoad = (
  { device, computeType }: ModelLoadRequest,
  { capabilities }: Able,
): void => {
  checkOneOf('device', device, capabilities.devices)
  checkOneOf('computeType', computeType, capabilities.computeTypes)
}
