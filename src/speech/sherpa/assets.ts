/** Files that this package brings along, from its source and from what is built of it. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const here = (source: string, built: string): string =>
  fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? source : built, import.meta.url))

/** Silero VAD v5, with its licence beside it. */
export const sileroModel = here(
  '../../../samples/vad/model/silero_vad_v5.onnx',
  '../silero/silero_vad_v5.onnx',
)

/** The program that `decoder-run.ts` starts. */
export const decoderProgram = here('./decoder-process.ts', './sherpa-decoder.cjs')

export const readSileroModel = (): Buffer => readFileSync(sileroModel)
