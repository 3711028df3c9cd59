/** By a Paraformer that has learnt nothing: what it says is gibberish, and always the same. */
import { fileURLToPath } from 'node:url'
import { transcriptionContract } from '../../contract/transcription.js'
import { startedEngine } from './torch-engine.js'

const test = transcriptionContract('funasr', {
  start: (cwd) => startedEngine('funasr', cwd),
  audio: fileURLToPath(new URL('../../../samples/audio/librivox.wav', import.meta.url)),
  model: 'tiny-paraformer',
  slow: {},
  lacks: ['languageDetection', 'wordProbabilities', 'initialPrompt'],
})

test.run()
