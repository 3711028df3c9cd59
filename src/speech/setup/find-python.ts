/** A Python that an engine can be installed with. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import type { RpcError } from '../../protocol/rpc-error.js'
import type { PythonEngine } from './catalog.js'
import { setupFailure } from './failures.js'

export interface Python {
  readonly executable: string
  /** Such as `3.11.7`. */
  readonly version: string
}

const probe = `
import json, sys
try:
    import ensurepip, venv
    lacks = None
except ImportError as error:
    lacks = error.name
print(json.dumps({"executable": sys.executable, "version": ".".join(map(str, sys.version_info[:3])), "lacks": lacks}))
`

type Probed = Python & { readonly command: string; readonly lacks: string | null }

/** The plain names first: those are what the user means by Python. */
const commands: readonly (readonly string[])[] = [
  ['python3'],
  ['python'],
  ...(process.platform === 'win32' ? [['py', '-3']] : []),
  ...['3.13', '3.12', '3.11', '3.10', '3.9', '3.14'].map((version) => [`python${version}`]),
]

/**
 * @param wanted - the only one that is looked at
 * @returns the first that fits; or DependencyMissing that says of each why it does not
 */
export const findPython = async (
  { name, pythons }: Pick<PythonEngine, 'name' | 'pythons'>,
  wanted?: string,
): Promise<E.Either<RpcError, Python>> => {
  const found: Probed[] = []
  for (const command of wanted === undefined ? commands : [[wanted]]) {
    const python = await probed(command)
    if (python === undefined) continue
    if (unfitness(python, pythons) === undefined) {
      return E.right({ executable: python.executable, version: python.version })
    }
    if (!found.some(({ executable }) => executable === python.executable)) found.push(python)
  }
  const [least, below] = pythons
  const need = `${name} needs Python ${least} or newer, below ${below}, with venv.`
  const reasons = found.map((python) => `${python.command} ${unfitness(python, pythons)}`)
  const what =
    reasons.length > 0
      ? `${reasons.join('; ')}.`
      : wanted === undefined
        ? 'No Python was found.'
        : `${wanted} does not run, or is no Python 3.`
  const hint = hintFor(found)
  return E.left(setupFailure('no-python', `${need} ${what} ${hint}`, { hint }))
}

const unfitness = (
  { version, lacks }: Probed,
  [least, below]: readonly [string, string],
): string | undefined => {
  if (compare(version, least) < 0 || compare(version, below) >= 0) return `is ${version}`
  return lacks === null ? undefined : `has no ${lacks}`
}

const hintFor = (found: readonly Probed[]): string => {
  const without = found.find(({ lacks }) => lacks !== null)
  if (process.platform === 'linux') {
    return without === undefined
      ? 'On Debian and Ubuntu: sudo apt install python3 python3-venv'
      : 'On Debian and Ubuntu: sudo apt install python3-venv'
  }
  return process.platform === 'darwin'
    ? 'To get one: brew install python@3.12'
    : 'To get one: winget install Python.Python.3.12'
}

/** Undefined when it does not run. */
const probed = async ([command = '', ...args]: readonly string[]): Promise<Probed | undefined> => {
  try {
    const options = { timeout: 30_000, windowsHide: true }
    const { stdout } = await promisify(execFile)(command, [...args, '-I', '-c', probe], options)
    return { ...JSON.parse(stdout), command: [command, ...args].join(' ') }
  } catch {
    return undefined // it is not there, or is a Python 2, or one of the shop's that only tells where to buy it
  }
}

/** By numbers: 3.9 is less than 3.10. */
export const compare = (a: string, b: string): number => {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number))
  for (const [index, number] of (right ?? []).entries()) {
    const difference = (left?.[index] ?? 0) - number
    if (difference !== 0) return difference
  }
  return 0
}
