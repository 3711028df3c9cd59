/** The `sidestream` command. `run` is part of the core, as each file more would slow an engine's start; the other verbs are loaded when they are called. */
import { type Launch, run } from './run.js'
import { isTelemetryLoaded } from './watched.js'

type Verb = (args: readonly string[], launch: Launch) => Promise<number>

const verbs: Readonly<Record<string, Verb>> = {
  run,
  call: async (args) => (await import('./call.js')).call(args),
  transcribe: async (args) => {
    const { speechSetup } = await import('./transcribe-setup.js')
    return (await import('./transcribe.js')).transcribe(args, speechSetup)
  },
  describe: async (args) => (await import('./describe.js')).describe(args),
  health: async (args) => (await import('./health.js')).health(args),
  host: async (args) => (await import('./host.js')).host(args),
  explain: async (args) => (await import('./explain.js')).explain(args),
  trace: async (args) => (await import('./trace.js')).trace(args),
  engines: async (args) => (await import('./engines.js')).engines(args),
  config: async (args, launch) => (await import('./config.js')).config(args, launch),
}

/** @param words - what was typed after `sidestream` */
export const main = async (words: readonly string[], launch: Launch): Promise<void> => {
  process.exitCode = await done(words, launch)
  // With telemetry that cannot be delivered, OpenTelemetry would keep the process for ten seconds more.
  if (isTelemetryLoaded()) await (await import('./exit-with.js')).exitWith(process.exitCode)
}

const done = async ([name = '', ...args]: readonly string[], launch: Launch): Promise<number> => {
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined
  const isHelp = args.includes('--help') || args.includes('-h')
  try {
    if (verb === undefined || isHelp) return (await import('./help.js')).help(name, args)
    return await verb(args, launch)
  } catch (error) {
    return (await import('./failure.js')).tell(error, name)
  }
}
