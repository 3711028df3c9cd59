/** Whether an engine works, tried for real. */
import { join } from 'node:path'
import { type PythonEngineName, pythonEngines, sourcesOf } from './catalog.js'
import { roomIn } from './disk.js'
import { isFolder } from './folders.js'
import { damagedFiles } from './install-model.js'
import { installCommand, stateOf } from './installed.js'
import { findModels } from './models.js'
import { engineFiles, modelsFolder, type Places, userPlaces } from './places.js'
import { pinsFor, requirementsOf } from './requirements.js'
import { tryModules } from './try-modules.js'
import { hasAvx } from './vector-unit.js'

export interface Check {
  readonly name: string
  readonly status: 'ok' | 'warn' | 'fail'
  readonly message: string
  /** What to do. */
  readonly advice?: string
}

/** Without so much, work on long recordings may end early, in bytes. */
const leastRoom = 500_000_000

export const diagnose = async (
  engine: PythonEngineName,
  places: Places = userPlaces(),
): Promise<readonly Check[]> => [
  ...(await environmentChecks(engine, places)),
  ...(await modelChecks(engine, places)),
  ...(await machineChecks(places)),
]

const environmentChecks = async (
  engine: PythonEngineName,
  places: Places,
): Promise<readonly Check[]> => {
  const state = await stateOf(engine, places)
  const anew = `To install it anew: ${installCommand(engine)}`
  const name = 'installation'
  switch (state.is) {
    case 'missing':
      return [fail(name, `${engine} is not installed`, `To install it: ${installCommand(engine)}`)]
    case 'unfinished':
      return [fail(name, 'It was interrupted', `To go on: ${installCommand(engine)}`)]
    case 'broken':
      return [fail(name, `Its Python is gone: ${state.python}`, anew)]
    case 'installed':
  }
  const requirements = requirementsOf(engine)
  const isCurrent = state.marker.requirements === requirements.hash
  const tried = await tryModules(
    engineFiles(engine, places).python,
    pythonEngines[engine].modules,
    Object.keys(pinsFor(requirements.text, state.marker.python)),
  )
  const again = `Remove it and install it again: npx sidestream engines remove ${engine}, ${installCommand(engine)}`
  return [
    isCurrent
      ? ok(name, `${engine} ${state.version}, of ${state.marker.installedAt}`)
      : warn(name, 'This Sidestream wants other packages', `To update: ${installCommand(engine)}`),
    tried.python === undefined
      ? fail('python', `It does not run: ${tried.end}`, again)
      : ok('python', `Python ${tried.python}`),
    ...pythonEngines[engine].modules.map((module): Check => {
      const fault = tried.faults[module]
      if (fault === undefined) return ok(`import ${module}`, `${tried.ms[module]} ms`)
      return fail(`import ${module}`, fault, again)
    }),
    ...(tried.python === undefined || !isCurrent
      ? []
      : [versionCheck(pinsFor(requirements.text, tried.python), tried.versions, again)]),
  ]
}

const versionCheck = (
  pins: Readonly<Record<string, string>>,
  versions: Readonly<Record<string, string>>,
  again: string,
): Check => {
  const wrong = Object.entries(pins).flatMap(([name, pin]) => {
    const version = versions[name]
    if (version === pin) return []
    return [`${name} is ${version ?? 'missing'}, and should be ${pin}`]
  })
  const name = 'versions'
  if (wrong.length === 0) return ok(name, `${Object.keys(pins).length} packages, all as pinned`)
  const text = wrong.slice(0, 5).join('; ')
  const more = wrong.length > 5 ? `; and ${wrong.length - 5} more` : ''
  const isLacking = wrong.some((it) => it.includes(' is missing,'))
  return (isLacking ? fail : warn)(name, `${text}${more}`, again)
}

const modelChecks = async (engine: PythonEngineName, places: Places): Promise<readonly Check[]> => {
  const checks: Check[] = []
  for (const source of sourcesOf(engine)) {
    const folder = join(modelsFolder(engine, places), source.name)
    if (!(await isFolder(folder))) continue
    const damaged = await damagedFiles(source, folder)
    const name = `model ${source.name}`
    const command = `${installCommand(engine)} --model ${source.name}`
    checks.push(
      damaged.length === 0
        ? ok(name, 'as it was published, by SHA-256')
        : fail(name, `Missing or damaged: ${damaged.join(', ')}`, `To fetch it anew: ${command}`),
    )
  }
  const others = (await findModels(engine, places)).length
  if (others > 0) return checks
  const [first] = sourcesOf(engine)
  const advice = first && `To get one: ${installCommand(engine)} --model ${first.name}`
  return [...checks, warn('models', `There is no model for ${engine}`, advice)]
}

const machineChecks = async ({ data }: Places): Promise<readonly Check[]> => {
  const room = await roomIn(data).catch(() => undefined)
  const avx = await hasAvx()
  const free = room === undefined ? '' : `${(room / 1e9).toFixed(1)} GB free`
  return [
    ...(room === undefined
      ? []
      : [
          room >= leastRoom
            ? ok('disk', free)
            : warn('disk', `${free} at ${data}`, 'Make room: models and updates need it'),
        ]),
    ...(avx === undefined
      ? []
      : [
          avx
            ? ok('processor', 'has AVX')
            : warn(
                'processor',
                'has no AVX, which engines may need',
                'If an engine ends with SIGILL, that is why: use another machine',
              ),
        ]),
  ]
}

const ok = (name: string, message: string): Check => ({ name, status: 'ok', message })
const warn = (name: string, message: string, advice?: string): Check => ({
  name,
  status: 'warn',
  message,
  ...(advice !== undefined && { advice }),
})
const fail = (name: string, message: string, advice: string): Check => ({
  name,
  status: 'fail',
  message,
  advice,
})
