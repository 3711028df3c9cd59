/** A folder with models, and a sherpa-onnx-node of our own. */
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const require = createRequire(import.meta.url)
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

export const folder = mkdtempSync(join(tmpdir(), 'sidestream-sherpa-'))
const { PATH } = process.env
const before = process.cwd()

/** Makes it the working directory: there, what decodes looks for its package first. */
export const enter = (): void => {
  const packages = join(folder, 'node_modules')
  mkdirSync(join(packages, 'sherpa-onnx-node'), { recursive: true })
  const real = require.resolve('sherpa-onnx-node')
  const code = readFileSync(here('./tricky-addon.cjs'), 'utf8').replace('REAL', real)
  writeFileSync(join(packages, 'sherpa-onnx-node/index.js'), code)
  symlinkSync(dirname(require.resolve('tsx/package.json')), join(packages, 'tsx')) // runs it from source
  process.chdir(folder)
}

export const leave = (): void => {
  process.chdir(before)
  process.env['PATH'] = PATH
  rmSync(folder, { recursive: true })
}

/** A Whisper that knows English alone, as far as its files tell. */
export const modelFolder = (name: string): string => {
  const path = join(folder, name)
  mkdirSync(path, { recursive: true })
  for (const file of ['tiny.en-encoder.int8.onnx', 'tiny.en-decoder.int8.onnx', 'tokens.txt'])
    writeFileSync(join(path, file), 'x')
  return path
}

/** For processes that are started from now on. */
export const installFfmpeg = (script: string): void => {
  const place = join(folder, 'bin')
  mkdirSync(place, { recursive: true })
  writeFileSync(join(place, 'ffmpeg'), `#!/bin/sh\n${script}\n`)
  chmodSync(join(place, 'ffmpeg'), 0o755)
  process.env['PATH'] = `${place}${delimiter}${PATH}`
}
