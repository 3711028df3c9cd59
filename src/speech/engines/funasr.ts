/** The built-in engine `funasr`: models of FunASR by ONNX or torch, in a Python process. */
import { oneOf } from '../../models/members.js'
import { optional, setting } from '../../protocol/setting.js'
import { pythonSpeechEngine } from '../python-speech-engine.js'

export default pythonSpeechEngine({
  name: 'funasr',
  description: 'Models of FunASR, by ONNX or torch: FSMN-VAD, Paraformer, SenseVoice and others.',
  capabilities: {
    tasks: ['transcribe', 'translate'],
    languages: 'any',
    wordTimestamps: true,
    wordProbabilities: false,
    streaming: true,
    vad: true,
    hotwords: true,
    outputFormats: ['json', 'text', 'srt', 'vtt', 'lrc'],
    audioInputs: ['path', 'base64', 'pcm16Base64'],
    devices: ['cpu', 'cuda', 'auto'],
    computeTypes: ['float32', 'default'],
    maxConcurrentJobs: 1,
  },
  // The same as ENGINE_OPTIONS of sidestream_bridge/speech/funasr_options.py, which a test compares.
  engineOptions: ['useItn', 'punctuation', 'generateOptions'],
  companions: ['fsmn-vad'],
  loadSettings: {
    backend: setting(optional(oneOf(['onnx', 'torch'], 'A library.')), {
      description:
        'What runs models. Default: torch where it is installed and the model has a `model.pt`, else onnx.',
    }),
  },
})
