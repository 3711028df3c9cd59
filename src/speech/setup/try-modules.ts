/** Imports modules in a Python, one after the other, and says how each went. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export interface Tried {
  /** Version of the Python; undefined when it does not run. */
  readonly python: string | undefined
  /** Of packages that were asked for and are there. */
  readonly versions: Readonly<Record<string, string>>
  /** How long each import took that succeeded. */
  readonly ms: Readonly<Record<string, number>>
  /** Why others did not. */
  readonly faults: Readonly<Record<string, string>>
  /** How the process ended, if not well. */
  readonly end: string
}

/** What libraries print on stdout while they are imported must not get between. */
const code = `
import json, os, sys, time
from importlib import import_module, metadata
out = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
def tell(**facts):
    print(json.dumps(facts), file=out, flush=True)
tell(python=".".join(map(str, sys.version_info[:3])))
modules, packages = json.loads(sys.argv[1])
versions = {}
for name in packages:
    try:
        versions[name] = metadata.version(name)
    except metadata.PackageNotFoundError:
        pass
tell(versions=versions)
for name in modules:
    start = time.monotonic()
    try:
        import_module(name)
        tell(module=name, ms=round((time.monotonic() - start) * 1000))
    except BaseException as error:
        tell(module=name, fault=f"{type(error).__name__}: {error}")
`

interface Line {
  readonly python?: string
  readonly versions?: Readonly<Record<string, string>>
  readonly module?: string
  readonly ms?: number
  readonly fault?: string
}

/** A library that waits for something is not waited for, in milliseconds. */
const longestMs = 120_000

export const tryModules = (
  python: string,
  modules: readonly string[],
  packages: readonly string[],
): Promise<Tried> =>
  new Promise((resolve) => {
    const lines: Line[] = []
    let stderr = ''
    const args = ['-I', '-c', code, JSON.stringify([modules, packages])]
    const child = spawn(python, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: longestMs,
      windowsHide: true,
    })
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(JSON.parse(line))
    })
    child.stderr.on('data', (text) => {
      stderr = `${stderr}${text}`.slice(-2000)
    })
    child.on('error', ({ message }) => resolve(told(lines, modules, message)))
    child.on('close', (exit, signal) => {
      const last = stderr.trim().split('\n').at(-1)
      const end = signal === null ? `exit code ${exit}` : `it was killed by ${signal}`
      const cause = signal === 'SIGILL' ? 'the processor lacks AVX' : last
      resolve(told(lines, modules, cause ? `${end}, ${cause}` : end))
    })
  })

const told = (lines: readonly Line[], modules: readonly string[], end: string): Tried => {
  const ofModule = (name: string): Line | undefined => lines.find(({ module }) => module === name)
  const ms = modules.flatMap((name) => {
    const took = ofModule(name)?.ms
    return took === undefined ? [] : [[name, took] as const]
  })
  const faults = modules.flatMap((name) => {
    const line = ofModule(name)
    if (line?.ms !== undefined) return []
    return [[name, line?.fault ?? `It was not tried, or ended Python: ${end}`] as const]
  })
  return {
    python: lines.find(({ python }) => python !== undefined)?.python,
    versions: lines.find(({ versions }) => versions !== undefined)?.versions ?? {},
    ms: Object.fromEntries(ms),
    faults: Object.fromEntries(faults),
    end,
  }
}
