/** Packages of Python that hold next to nothing, in a folder that pip takes for its index. */
import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pinsFor, requirementsOf } from '../../../src/speech/setup/requirements.js'

export interface Wheel {
  readonly name: string
  readonly version: string
  /** Beside its module, which is empty. */
  readonly files?: Readonly<Record<string, string>>
}

const code = `
import json, sys, zipfile
folder, wheels = json.loads(sys.stdin.read())
for wheel in wheels:
    name = wheel["name"].replace("-", "_")
    info = f"{name}-{wheel['version']}.dist-info"
    files = {
        f"{name}/__init__.py": "",
        **wheel.get("files", {}),
        f"{info}/METADATA": f"Metadata-Version: 2.1\\nName: {wheel['name']}\\nVersion: {wheel['version']}\\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{file},,\\n" for file in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(f"{folder}/{name}-{wheel['version']}-py3-none-any.whl", "w") as archive:
        for file, text in files.items():
            archive.writestr(file, text)
`

/** @returns variables that let pip look only there */
export const writeWheels = (
  python: string,
  folder: string,
  wheels: readonly Wheel[],
): Readonly<Record<string, string>> => {
  mkdirSync(folder, { recursive: true })
  execFileSync(python, ['-I', '-c', code], { input: JSON.stringify([folder, wheels]) })
  return { PIP_NO_INDEX: '1', PIP_FIND_LINKS: folder, PIP_CACHE_DIR: join(folder, 'cache') }
}

/** One for each package that an engine needs. */
export const engineWheels = (version: string): readonly Wheel[] =>
  Object.entries(pinsFor(requirementsOf('faster-whisper').text, version)).map(([name, pin]) => ({
    name,
    version: pin,
  }))
