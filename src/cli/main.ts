#!/usr/bin/env node
/** The `sidestream` command. Each verb is loaded when it is called. */
const verbs: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  run: async (args) => (await import('./run.js')).run(args),
  call: async (args) => (await import('./call.js')).call(args),
  describe: async (args) => (await import('./describe.js')).describe(args),
  health: async (args) => (await import('./health.js')).health(args),
}

const [name = '', ...args] = process.argv.slice(2)
const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined
const isHelp = args.includes('--help') || args.includes('-h')

try {
  process.exitCode =
    verb === undefined || isHelp ? (await import('./help.js')).help(name, args) : await verb(args)
} catch (error) {
  process.exitCode = (await import('./failure.js')).tell(error, name)
}
