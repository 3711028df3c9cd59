import { fileURLToPath } from 'node:url'
import { connect } from 'sidestream/host'
import { cli } from '../cli/sidestream.js'
import { transcriptionContract } from './transcription.js'

const test = transcriptionContract('fake', {
  start: (cwd) =>
    connect({
      ...{ command: process.execPath, args: [cli, 'run', 'fake', '--log-level', 'warn'] },
      ...(cwd !== undefined && { cwd }),
    }),
  audio: fileURLToPath(new URL('../../samples/audio/librivox.wav', import.meta.url)),
  model: 'fake-small',
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
  slow: { engineOptions: { speed: 10 } },
  unknownLanguage: 'xx',
})

test.run()
