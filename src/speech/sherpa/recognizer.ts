/** A model in memory: what sherpa-onnx is told, and what it has heard. */
import { availableParallelism } from 'node:os'
import type { TranscribeRequest } from '../../models/transcribe-request.js'
import { type RpcError, rpcError } from '../../protocol/rpc-error.js'
import { addon, type Heard, type NativeRecognizer } from './addon.js'
import { type ModelFiles, modelFiles } from './model-folder.js'
import { sampleRate } from './sound.js'

export interface LoadRequest {
  readonly model: string
  readonly path: string
  readonly device?: string
  readonly computeType?: string
  readonly cpuThreads?: number
}

/** Of a request, what a model is told. */
export type Decoding = Pick<
  TranscribeRequest,
  'task' | 'language' | 'wordTimestamps' | 'engineOptions'
>

export interface Recognizer {
  readonly files: ModelFiles
  /** Codes, or undefined where it does not tell them. */
  readonly languages: readonly string[] | undefined
  /** @param samples - at 16 kHz, shorter than 29 s */
  hear(samples: Float32Array, decoding: Decoding): Promise<Heard>
}

/** Those of SenseVoice; those of Paraformer depend on what it was trained on, which it does not tell. */
const senseVoiceLanguages = ['zh', 'en', 'ja', 'ko', 'yue']

/** @throws RpcError ModelNotFound, ModelLoadFailed, UnsupportedOption, DependencyMissing */
export const loadRecognizer = async (request: LoadRequest): Promise<Recognizer> => {
  const { device = 'cpu', computeType, cpuThreads, path } = request
  if (device !== 'cpu') throw unsupportedDevice(device)
  const files = modelFiles(path, computeType)
  const { OfflineRecognizer } = addon()
  const config = (decoding: Decoding) => ({
    modelConfig: {
      ...modelConfig(files, decoding),
      tokens: files.tokens,
      numThreads: cpuThreads ?? Math.min(4, availableParallelism()),
      provider: 'cpu',
      debug: 0,
    },
  })
  let current = config({ task: 'transcribe' })
  const native = await created(() => OfflineRecognizer.createAsync(current), path)
  return {
    files,
    languages: files.kind === 'whisper' ? (files.languages ?? ['en']) : languagesOf(files),
    hear: (samples, decoding) => {
      const wanted = config(decoding)
      if (JSON.stringify(wanted) !== JSON.stringify(current)) native.setConfig(wanted)
      current = wanted
      const stream = native.createStream()
      stream.acceptWaveform({ samples, sampleRate })
      return native.decodeAsync(stream)
    },
  }
}

const languagesOf = ({ kind }: ModelFiles) =>
  kind === 'sense-voice' ? senseVoiceLanguages : undefined

const modelConfig = (
  files: ModelFiles,
  { task, language, wordTimestamps, engineOptions }: Decoding,
) => {
  if (files.kind === 'whisper')
    return {
      whisper: {
        encoder: files.encoder,
        decoder: files.decoder,
        language: language ?? (files.languages === undefined ? 'en' : ''),
        task,
        tailPaddings: Number(engineOptions?.['tailPaddings'] ?? -1),
        // Numbers: true would be ignored. With the tokens of segments, the words' times would be shifted.
        enableTokenTimestamps: wordTimestamps ? 1 : 0,
        enableSegmentTimestamps: wordTimestamps ? 0 : 1,
      },
    }
  const { model } = files
  if (files.kind === 'paraformer') return { paraformer: { model } }
  const itn = engineOptions?.['useInverseTextNormalization'] ?? true
  return {
    senseVoice: { model, language: language ?? '', useInverseTextNormalization: itn ? 1 : 0 },
  }
}

/** All that it says of a config that it does not like is "Please check your config!"; the reason is on stderr. */
const created = async (
  create: () => Promise<NativeRecognizer>,
  path: string,
): Promise<NativeRecognizer> => {
  try {
    return await create()
  } catch (error) {
    const message = `The model in ${path} cannot be loaded: ${(error as Error).message}`
    throw rpcError('ModelLoadFailed', message, { path })
  }
}

const unsupportedDevice = (device: string): RpcError =>
  rpcError(
    'UnsupportedOption',
    `sherpa-onnx-node runs on the CPU alone. Leave out device ${device}.`,
    {
      option: 'device',
      supported: ['cpu'],
    },
  )
