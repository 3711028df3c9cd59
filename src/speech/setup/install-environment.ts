/** The virtual environment of an engine. */
import { rm } from 'node:fs/promises'
import { type PythonEngineName, pythonEngines } from './catalog.js'
import type { Python } from './find-python.js'
import { emptied } from './folders.js'
import type { InstallProgress } from './install.js'
import { writeMarker } from './marker.js'
import { pipStart, pipStep } from './pip-progress.js'
import type { EngineFiles } from './places.js'
import { runPython } from './python-run.js'
import type { Requirements } from './requirements.js'
import { versionsIn } from './site-packages.js'

export interface EnvironmentWork {
  readonly engine: PythonEngineName
  readonly python: Python
  readonly requirements: Requirements
  /** Versions by name. */
  readonly pins: Readonly<Record<string, string>>
  readonly files: EngineFiles
  readonly signal: AbortSignal | undefined
  readonly tell: (step: InstallProgress['step'], done: number, message: string) => void
}

/** How often unpacked packages are counted, in milliseconds. */
const countMs = 500

/**
 * Makes it anew: what an interrupted pip has left looks whole to the next one, and is not. What was fetched is in pip's
 * own cache.
 */
export const installEnvironment = async ({
  engine,
  python,
  requirements,
  pins,
  files: { venv, python: own, marker, temporary },
  signal,
  tell,
}: EnvironmentWork): Promise<void> => {
  const what = `Installing ${engine}`
  const count = Object.keys(pins).length
  tell('python', 0, `Python ${python.version}`)
  await rm(marker, { force: true }) // first: from here on it is not whole
  await rm(venv, { recursive: true, force: true })
  await emptied(temporary)
  const shared = { what, temporary, ...(signal && { signal }) }
  await runPython({ ...shared, python: python.executable, args: ['venv', venv] })
  tell('packages', 1, 'looking for packages')
  let progress = pipStart
  const brought = new Set(Object.keys(await versionsIn(venv)))
  const counter = setInterval(() => {
    if (!progress.isUnpacking) return
    void versionsIn(venv).then((versions) => {
      const unpacked = Object.keys(versions).filter((name) => !brought.has(name)).length
      tell('packages', 1 + count + Math.min(count, unpacked), `unpacked ${unpacked} of ${count}`)
    })
  }, countMs)
  try {
    await runPython({
      ...shared,
      python: own,
      args: ['pip', 'install', '-r', requirements.file],
      onLine: (line) => {
        progress = pipStep(progress, line)
        if (!progress.isUnpacking)
          tell('packages', 1 + Math.min(count, progress.seen), progress.message)
      },
    })
  } finally {
    clearInterval(counter)
  }
  tell('check', 1 + 2 * count, 'trying it')
  const imports = `import ${pythonEngines[engine].modules.join(', ')}`
  await runPython({ ...shared, what: `Trying ${engine}`, python: own, args: ['-c', imports] })
  await writeMarker(marker, {
    version: 1,
    installedAt: new Date().toISOString(),
    requirements: requirements.hash,
    python: python.version,
    versions: await versionsIn(venv),
  })
}
