/** The built-in engine `sherpa-onnx`: speech without Python. */
import * as E from 'fp-ts/lib/Either.js'
import { packageVersion } from '../../version.js'
import { findModel, findModels } from '../setup/models.js'
import { sherpaBackend } from '../sherpa/backend.js'
import { speechEngine } from '../speech-engine.js'

const name = 'sherpa-onnx'

export default speechEngine({
  name,
  version: packageVersion,
  description: 'Whisper, Paraformer, SenseVoice and Silero VAD by sherpa-onnx. Needs no Python.',
  backend: sherpaBackend({
    capabilities: {
      tasks: ['transcribe', 'translate'],
      languages: 'any',
      ...{ languageDetection: true, wordTimestamps: true, wordProbabilities: false },
      ...{ streaming: true, vad: true, hotwords: false, initialPrompt: false, diarization: false },
      outputFormats: ['json', 'text', 'srt', 'vtt', 'lrc'],
      audioInputs: ['path', 'base64', 'pcm16Base64'],
      ...{ devices: ['cpu'], computeTypes: ['int8', 'float32', 'float16'], maxConcurrentJobs: 1 },
    },
    models: () => findModels(name),
    pathOf: async (model) => {
      const path = await findModel(name, model)
      if (E.isLeft(path)) throw path.left
      return path.right
    },
  }),
})
