import { transcriptionContract } from '../../contract/transcription.js'
import { startedEngine } from './installed-engine.js'
import { librivox } from './recordings.js'

const test = transcriptionContract('faster-whisper', {
  start: (cwd) => startedEngine('faster-whisper', 'tiny.en', cwd === undefined ? {} : { cwd }),
  audio: librivox,
  model: 'tiny.en',
  slow: { beamSize: 5 },
  unknownLanguage: 'xx',
})

test.run()
