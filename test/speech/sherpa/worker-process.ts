/** The worker, started in a folder with models and a sherpa-onnx-node of our own. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type Client, connect } from '../../../src/host/index.js'
import { isRpcError, type RpcError } from '../../../src/protocol/rpc-error.js'

const require = createRequire(import.meta.url)
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

export const folder = mkdtempSync(join(tmpdir(), 'sidestream-sherpa-'))

export const installAddon = (code: string): void => {
  const place = join(folder, 'node_modules/sherpa-onnx-node')
  mkdirSync(place, { recursive: true })
  writeFileSync(join(place, 'index.js'), code)
}

/** A Whisper that knows English alone, as far as its files tell. */
export const modelFolder = (name: string): string => {
  const path = join(folder, name)
  mkdirSync(path, { recursive: true })
  for (const file of ['tiny.en-encoder.int8.onnx', 'tiny.en-decoder.int8.onnx', 'tokens.txt'])
    writeFileSync(join(path, file), 'x')
  return path
}

export const startWorker = (): Promise<Client> =>
  connect({
    command: process.execPath,
    args: [
      '--conditions=sidestream-source',
      '--import',
      pathToFileURL(require.resolve('tsx')).href,
      here('./worker-program.ts'),
    ],
    cwd: folder,
    startupMs: 60_000,
  })

export const tricks = (): void =>
  installAddon(
    readFileSync(here('./tricky-addon.cjs'), 'utf8').replace(
      'REAL',
      require.resolve('sherpa-onnx-node'),
    ),
  )

export const removeFolder = (): void => rmSync(folder, { recursive: true })

export const failureOf = async (work: Promise<unknown>): Promise<RpcError> => {
  try {
    await work
  } catch (error) {
    if (isRpcError(error)) return error
    throw error
  }
  throw new Error('it did not fail')
}
