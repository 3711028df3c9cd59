/**
 * Transcribes a recording with faster-whisper, which is installed for the user the first time (some 550 MB, half a
 * minute). Where that cannot be, finds the speech in it by Silero VAD instead, which `npm ci` has brought along.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const recording = 'samples/audio/librivox.wav'

/** @returns the exit code */
const sidestream = (...args) => {
  console.log(`\n$ npx sidestream ${args.join(' ')}`)
  const command = ['dist/cli.cjs', ...args]
  return spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' }).status ?? 1
}

const isInterrupted = (code) => code > 128
const first = (...steps) => {
  for (const step of steps) {
    const code = sidestream(...step)
    if (code !== 0) return code
  }
  return 0
}

console.log(
  `The demo: what is said in ${recording}? faster-whisper is to tell, a speech engine in Python.`,
)
console.log('Where it is not installed yet, that is done first: some 550 MB in your data folder.')
const installed = sidestream('engines', 'install', 'faster-whisper')
if (isInterrupted(installed)) process.exit(installed)
if (installed === 0) {
  console.log('\nIt is installed, so it transcribes the recording:')
  process.exit(first(['transcribe', recording, '--engine', 'faster-whisper', '--output', '-']))
}
console.log(
  '\nfaster-whisper could not be installed, for the reason above: it needs Python and the network.',
)
console.log(
  'So Silero VAD, which needs neither, tells where somebody speaks, though not what is said:',
)
process.exit(
  first(
    ['call', 'samples/vad.ts', 'vad.detect', '@samples/audio/demo.json'],
    ['health', 'samples/vad.ts'],
  ),
)
