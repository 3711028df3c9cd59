/** The engine that is taken when none is named. */
import type { Run } from './transcribe-run.js'

/** Where both are installed, the first one is taken. */
const preferred = ['faster-whisper', 'funasr', 'sherpa-onnx'] as const

export const installedEngine = async (
  installed: () => Promise<readonly string[]>,
  run: Run,
): Promise<string | undefined> => {
  const names = await installed()
  const name = preferred.find((it) => names.includes(it))
  if (name === undefined)
    run.tell({
      type: 'unable',
      kind: 'DependencyMissing',
      message: 'No speech engine is installed',
      hint: 'Install one: sidestream engines install faster-whisper',
    })
  return name
}
