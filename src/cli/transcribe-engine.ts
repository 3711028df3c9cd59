/** The engine that transcribes, and which of its models. */
import { availableParallelism } from 'node:os'
import { basename, extname } from 'node:path'
import type { EngineSpec } from '../host/engine-spec.js'
import type { ManagedEngine } from '../host/index.js'
import { EngineInfo, type SpeechCapabilities } from '../models/engine-info.js'
import { type ModelInfo, ModelListResult } from '../models/model-info.js'
import { isRpcError, rpcError } from '../protocol/rpc-error.js'
import { builtInEngine } from './built-in-engines.js'
import { engineCommand } from './engine-command.js'
import { engineFile } from './engine-file.js'
import { installCommand, multilingual, offered, type Wish } from './transcribe-default.js'
import type { TranscribeOptions } from './transcribe-options.js'
import { UsageError } from './usage-error.js'

export interface NamedSpec {
  readonly name: string
  readonly spec: EngineSpec
}

/**
 * @param engine - a name or a path
 * @param jobs - processes
 * @param files - how many may bring it down
 * @throws UsageError when there is no such engine
 */
export const specOf = (
  engine: string,
  options: TranscribeOptions,
  jobs: number,
  files: number,
): NamedSpec => {
  engineFile(engine) // says what is wrong before anything is started
  const { passed } = options
  const own = ownSettings(engine, options, jobs)
  const spec: EngineSpec = {
    ...engineCommand(
      engine,
      own.length === 0 ? passed : { ...passed, set: [...own, ...(passed.set ?? [])] },
    ),
    pool: jobs,
    replays: 0, // a file that brings it down is sent once more, and told so
    restart: {
      backoff: { base: 100, cap: '2s' },
      startFailures: { most: 1, within: '5m' },
      crashes: { most: 2 * files + 1, within: '1h' }, // each file may do so twice, and the others go on
    },
    grace: '2s',
  }
  return { name: basename(engine, extname(engine)), spec }
}

/** What is typed with `--set` comes later, and counts. */
const ownSettings = (
  engine: string,
  { device, computeType }: TranscribeOptions,
  jobs: number,
): readonly string[] => {
  const asked = { device, computeType }
  const threads = Math.max(1, Math.floor(availableParallelism() / jobs))
  const all = { ...asked, cpuThreads: jobs > 1 ? threads : undefined } // more threads than cores would wait for each other
  if (builtInEngine(engine) !== undefined)
    return Object.entries(all).flatMap(([key, value]) =>
      value === undefined ? [] : [`engines.${engine}.${key}=${value}`],
    )
  if (device === undefined && computeType === undefined) return []
  throw new UsageError(
    `--device and --compute-type are for engines that are built in; what ${engine} has, --set sets`,
  )
}

/** How long an engine may take to tell of itself, in milliseconds. */
const deadlineMs = 30_000

export const capabilitiesOf = async (
  engine: ManagedEngine,
  signal: AbortSignal,
): Promise<SpeechCapabilities> => {
  const info = await engine.request('engine.describe', {}, { deadlineMs, signal })
  return EngineInfo.is(info) ? (info.capabilities ?? {}) : {}
}

/** @throws RpcError: ModelNotFound when there is none that can do it */
export const defaultModel = async (
  engine: ManagedEngine,
  wish: Wish,
  signal: AbortSignal,
): Promise<string> => {
  let models: readonly ModelInfo[] = []
  try {
    const listed = await engine.request('models.list', {}, { deadlineMs, signal })
    if (ModelListResult.is(listed)) models = listed.models
  } catch (error) {
    if (!isRpcError(error) || error.kind !== 'MethodNotFound') throw error
  }
  const best = bestModel(models, wish)
  if (best !== undefined) return best.model
  const names = models.map(({ model }) => model).join(', ')
  const language = wish.language === undefined ? '' : ` in ${wish.language}`
  throw rpcError(
    'ModelNotFound',
    models.length === 0
      ? `${engine.name} has no model; name one by --model`
      : `No model of ${engine.name} can ${wish.task}${language}; there are ${names}`,
    engine.name === offered && models.every(({ model }) => model !== multilingual)
      ? { hint: `Install one: ${installCommand(wish)}` }
      : {},
  )
}

/** Of those that can do it, the largest; while the language is not known, rather one that knows several. */
export const bestModel = (
  models: readonly ModelInfo[],
  { language, task }: Wish,
): ModelInfo | undefined => {
  const isFit = ({ languages = [], tasks = [task] }: ModelInfo): boolean =>
    tasks.includes(task) && // one for speech alone has none
    (language === undefined || languages.length === 0 || languages.includes(language))
  const breadth = ({ languages = [] }: ModelInfo): number =>
    language === undefined && languages.length === 1 ? 0 : 1
  return models
    .filter(isFit)
    .sort((a, b) => breadth(b) - breadth(a) || (b.sizeBytes ?? 0) - (a.sizeBytes ?? 0))[0]
}
