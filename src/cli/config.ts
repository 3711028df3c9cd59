/** `sidestream config`: what is set, where that comes from, and what can be set. */
import { referencePage } from '../config/reference-page.js'
import type { Engine } from '../engine/define.js'
import { didYouMean } from '../protocol/nearest.js'
import { readArguments } from './arguments.js'
import { check } from './config-check.js'
import { explainKey } from './config-explain.js'
import { init, WriteError } from './config-init.js'
import { configSchema } from './config-schema.js'
import { show } from './config-show.js'
import { type Answer, commandSubject, type Load } from './config-view.js'
import { engineFile } from './engine-file.js'
import { tell } from './failure.js'
import { loadEngine } from './load-engine.js'
import type { Launch } from './run.js'
import { UsageError } from './usage-error.js'

type Verb = (args: readonly string[], load: Load) => Promise<Answer>

const schemaIn = async (args: readonly string[], load: Load) => {
  const { options } = readArguments(args, { engine: 'text' }, 0)
  return commandSubject(await load(options.engine)).schema
}

const verbs: Readonly<Record<string, Verb>> = {
  show,
  explain: explainKey,
  check,
  init,
  schema: async (args, load) => ({
    text: JSON.stringify(configSchema(await schemaIn(args, load)), null, 2),
  }),
  reference: async (args, load) => ({ text: referencePage(await schemaIn(args, load)) }),
}

export const config = async (
  [name = '', ...args]: readonly string[],
  { require }: Launch,
): Promise<number> => {
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined
  if (verb === undefined) {
    const names = Object.keys(verbs)
    throw new UsageError(`Which of ${names.join(', ')}?${didYouMean(name, names)}`)
  }
  let isLoaded = false
  const load: Load = async (path) => {
    if (path === undefined) return undefined
    isLoaded = true
    return printingAside(() => loadEngine(engineFile(path), path, require))
  }
  const code = await answered(() => verb(args, load)).catch(failed)
  if (isLoaded) process.exit(code) // what a module begins when it is loaded may go on for ever
  return code
}

const answered = async (answer: () => Promise<Answer>): Promise<number> => {
  const { stdout, stderr } = process
  const { text, warnings = [] } = await answer()
  for (const warning of warnings) stderr.write(`sidestream config: ${warning}\n`)
  stdout.on('error', () => {}) // told to the callback, too
  const error = await new Promise<Error | null | undefined>((written) =>
    stdout.write(`${text}\n`, written),
  )
  return error ? unwritten(error) : 0
}

const failed = async (error: unknown): Promise<number> =>
  error instanceof WriteError ? unwritten(error) : tell(error, 'config')

const unwritten = async (error: Error): Promise<number> =>
  (await import('./with-engine.js')).afterWriteError(error)

/** What a module prints while it is loaded must not get into the answer. */
const printingAside = async (load: () => Promise<Engine>): Promise<Engine> => {
  const { stdout, stderr } = process
  const { write } = stdout
  stdout.write = stderr.write.bind(stderr)
  try {
    return await load()
  } finally {
    stdout.write = write
  }
}
