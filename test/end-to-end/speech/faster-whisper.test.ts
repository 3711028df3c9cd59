import { fileURLToPath } from 'node:url'
import { transcriptionContract } from '../../contract/transcription.js'
import { startedEngine } from './installed-engine.js'

const test = transcriptionContract('faster-whisper', {
  start: (cwd) => startedEngine('faster-whisper', 'tiny.en', cwd),
  audio: fileURLToPath(new URL('../../../samples/audio/librivox.wav', import.meta.url)),
  model: 'tiny.en',
  slow: { beamSize: 5 },
  unknownLanguage: 'xx',
})

test.run()
