import { fileURLToPath } from 'node:url'
import { transcriptionContract } from '../../contract/transcription.js'
import { startedEngine } from './torch-engine.js'

const test = transcriptionContract('sherpa-onnx', {
  start: (cwd) => startedEngine('sherpa-onnx', cwd),
  audio: fileURLToPath(new URL('../../../samples/audio/librivox.wav', import.meta.url)),
  model: 'whisper-tiny.en',
  // As samples/audio/README.md has them.
  speech: {
    marked: [
      [0.2, 6.8],
      [9.35, 11.9],
      [14.35, 19.2],
      [21.65, 27.25],
      [29.65, 32.5],
    ],
    offBy: 0.1,
  },
  slow: { wordTimestamps: true },
  unknownLanguage: 'xx',
  lacks: ['wordProbabilities', 'hotwords', 'initialPrompt'],
})

test.run()
