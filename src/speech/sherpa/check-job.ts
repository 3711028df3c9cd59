/** Refuses what sherpa-onnx would leave out without a word, or end the process for. */
import { type RpcError, rpcError } from '../../protocol/rpc-error.js'
import type { Job } from '../backend.js'
import type { Recognizer } from './recognizer.js'

/** Options that only this engine has. */
export const engineOptions = ['tailPaddings', 'useInverseTextNormalization'] as const

type Model = Pick<Recognizer, 'files' | 'languages'>

/** @returns what is wrong with the job for this model: UnsupportedOption, UnsupportedLanguage, InvalidParams */
export const refusalOf = (job: Job, model: Model): RpcError | undefined =>
  unsupportedOption(job, model) ?? unsupportedLanguage(job, model) ?? wrongEngineOption(job, model)

const unsupportedOption = (job: Job, { files }: Model) => {
  const greedy = 'sherpa-onnx decodes greedily'
  if (job.initialPrompt !== undefined)
    return refused('initialPrompt', 'sherpa-onnx takes no prompt. Leave it out.')
  if (job.hotwords !== undefined && job.hotwords.length > 0)
    return refused('hotwords', 'These models of sherpa-onnx take no hotwords. Leave them out.')
  if ((job.beamSize ?? 1) !== 1)
    return refused('beamSize', `${greedy}. Leave out beamSize, or say 1.`)
  if ([job.temperature ?? 0].flat().some((degree) => degree !== 0))
    return refused('temperature', `${greedy}. Leave out temperature, or say 0.`)
  if (job.noSpeechThreshold !== undefined)
    return refused('noSpeechThreshold', 'sherpa-onnx does not tell it. Use vad.threshold.')
  if (job.conditionOnPreviousText === true)
    return refused('conditionOnPreviousText', 'sherpa-onnx takes no prompt. Leave it out.')
  if (job.task === 'translate' && (files.kind !== 'whisper' || files.languages === undefined))
    return refused('task', `The model ${job.model} cannot translate. Take a multilingual Whisper.`)
  return undefined
}

const refused = (option: string, sentence: string): RpcError =>
  rpcError('UnsupportedOption', sentence, { option })

const unsupportedLanguage = ({ language, model }: Job, { languages }: Model) => {
  if (language === undefined || languages === undefined || languages.includes(language))
    return undefined
  const known = languages.length > 12 ? `one of ${languages.length}, such as ` : ''
  const message = `The model ${model} does not know the language ${language}. It knows ${known}${languages.slice(0, 12).join(', ')}.`
  return rpcError('UnsupportedLanguage', message, { language, languages })
}

const wrongEngineOption = (job: Job, { files }: Model): RpcError | undefined => {
  const options = job.engineOptions ?? {}
  const unknown = Object.keys(options).find(
    (name) => !engineOptions.some((known) => known === name),
  )
  if (unknown !== undefined)
    return refused(
      `engineOptions.${unknown}`,
      `sherpa-onnx has no option ${unknown}. It has ${engineOptions.join(' and ')}.`,
    )
  const { tailPaddings, useInverseTextNormalization } = options
  if (tailPaddings !== undefined && files.kind !== 'whisper')
    return refused('engineOptions.tailPaddings', 'Only Whisper has tailPaddings. Leave it out.')
  if (tailPaddings !== undefined && !Number.isInteger(tailPaddings))
    return wrongType('tailPaddings', 'whole number of frames of 10 ms')
  if (useInverseTextNormalization !== undefined && files.kind !== 'sense-voice')
    return refused(
      'engineOptions.useInverseTextNormalization',
      'Only SenseVoice has useInverseTextNormalization. Leave it out.',
    )
  if (useInverseTextNormalization !== undefined && typeof useInverseTextNormalization !== 'boolean')
    return wrongType('useInverseTextNormalization', 'boolean')
  return undefined
}

const wrongType = (name: string, expected: string): RpcError =>
  rpcError('InvalidParams', `Invalid params: expected ${expected} at /engineOptions/${name}`, {
    problems: [{ path: `/engineOptions/${name}`, expected, got: 'something else' }],
    count: 1,
  })
