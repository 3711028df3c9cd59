/** The `sidestream` command. `run` is part of it, as each file more would slow an engine's start; the other verbs are loaded when they are called. */
import { run } from './run.js'

const verbs: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  run,
  call: async (args) => (await import('./call.js')).call(args),
  describe: async (args) => (await import('./describe.js')).describe(args),
  health: async (args) => (await import('./health.js')).health(args),
}

const main = async ([name = '', ...args]: readonly string[]): Promise<number> => {
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined
  const isHelp = args.includes('--help') || args.includes('-h')
  try {
    if (verb === undefined || isHelp) return (await import('./help.js')).help(name, args)
    return await verb(args)
  } catch (error) {
    return (await import('./failure.js')).tell(error, name)
  }
}

void main(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode
})
