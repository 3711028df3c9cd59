/** How to start an engine that is a Python program with `sidestream_bridge`. */
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Command } from '../ports/child.js'

export interface PythonOptions {
  /** The interpreter, 3.9 or newer: that of a virtual environment sees its packages. Default: `python3`, on Windows `python`. */
  readonly python?: string
  /** Given to the program. */
  readonly args?: readonly string[]
  readonly cwd?: string
  /** Added to what is set for every program; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Variables that are passed on; see `Command`. */
  readonly inherit?: readonly string[] | 'all'
}

/** What runs: a file, or a module as `python -m` finds it. */
export type PythonProgram = { readonly file: string } | { readonly module: string }

/**
 * What starts a Python program, which can import `sidestream_bridge` without anything being installed. Libraries stay off
 * the network: those of Hugging Face do not look for models, unless `env` has another `HF_HUB_OFFLINE`, and ONNX Runtime
 * tells its makers nothing of the user, unless it has another `ORT_DISABLE_TELEMETRY`.
 */
export const pythonCommand = (program: PythonProgram & PythonOptions): Command => {
  const { python = defaultPython, args = [], cwd, env = {}, inherit } = program
  const folders = [packageFolder(), env['PYTHONPATH']].filter((folder) => folder !== undefined)
  return {
    command: python,
    args: ['file' in program ? [program.file] : ['-m', program.module], args].flat(),
    env: {
      HF_HUB_OFFLINE: '1',
      ORT_DISABLE_TELEMETRY: '1',
      PYTHONDONTWRITEBYTECODE: '1', // where the package is installed may be read-only, or signed
      PYTHONIOENCODING: 'utf-8',
      PYTHONUNBUFFERED: '1',
      // A module is not looked for in the working directory, where anything may lie.
      ...('module' in program && { PYTHONSAFEPATH: '1' }),
      ...env,
      PYTHONPATH: folders.join(delimiter),
    },
    ...(cwd !== undefined && { cwd }),
    ...(inherit !== undefined && { inherit }),
  }
}

const defaultPython = process.platform === 'win32' ? 'python' : 'python3'

/** Beside this file, or where the build has put it beside the bundles. Python cannot read what Electron has packed. */
const packageFolder = (): string => {
  const here = fileURLToPath(new URL('.', import.meta.url))
  const source = join(here, 'python')
  const folder = existsSync(source) ? source : join(here, '..', 'python')
  return folder.replace(/\bapp\.asar(?=[\\/])/, 'app.asar.unpacked')
}
