/** `sidestream engines doctor [ENGINE…]`: tries what is installed. */
import { type EngineName, isPythonEngine, pythonEngines } from '../speech/setup/catalog.js'
import { type Check, diagnose } from '../speech/setup/doctor.js'
import { installCommand, stateOf } from '../speech/setup/installed.js'
import { userPlaces } from '../speech/setup/places.js'
import { diagnoseSherpa } from '../speech/setup/sherpa-doctor.js'
import { findSherpa } from '../speech/setup/sherpa-package.js'
import { readArguments } from './arguments.js'
import { engineNamed } from './engine-named.js'
import { printable, type Style, styleOf } from './style.js'

interface Diagnosis {
  readonly engine: EngineName
  readonly checks: readonly Check[]
}

export const doctor = async (args: readonly string[]): Promise<number> => {
  const { positionals, options } = readArguments(args, { json: 'flag' }, Infinity)
  const engines = positionals.length > 0 ? positionals.map(engineNamed) : await installedEngines()
  const { stdout, stderr } = process
  const diagnoses: Diagnosis[] = []
  for (const engine of engines) {
    const checks = await (isPythonEngine(engine) ? diagnose(engine) : diagnoseSherpa())
    diagnoses.push({ engine, checks })
    if (options.json !== true)
      stdout.write(`${diagnosisText({ engine, checks }, styleOf(stdout))}\n`)
  }
  if (options.json === true) stdout.write(`${JSON.stringify(diagnoses)}\n`)
  if (engines.length === 0) {
    stderr.write(`✗ No engine is installed. To install one: ${installCommand('faster-whisper')}\n`)
    return 1
  }
  return diagnoses.some(({ checks }) => checks.some(({ status }) => status === 'fail')) ? 1 : 0
}

const installedEngines = async (): Promise<readonly EngineName[]> => {
  const engines: EngineName[] = []
  for (const { name } of Object.values(pythonEngines)) {
    if ((await stateOf(name)).is !== 'missing') engines.push(name)
  }
  return findSherpa(userPlaces()) === undefined ? engines : [...engines, 'sherpa-onnx']
}

export const diagnosisText = ({ engine, checks }: Diagnosis, style: Style): string => {
  const signs = { ok: style.green('✓'), warn: style.yellow('!'), fail: style.red('✗') }
  const width = Math.max(...checks.map(({ name }) => name.length))
  const lines = checks.flatMap(({ name, status, message, advice }) => [
    `  ${signs[status]} ${name.padEnd(width)}  ${printable(message)}`,
    ...(advice === undefined ? [] : [`    ${' '.repeat(width)}  ${style.dim(advice)}`]),
  ])
  return [style.bold(engine), ...lines].join('\n')
}
