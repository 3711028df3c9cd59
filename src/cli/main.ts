#!/usr/bin/env node
/** The `sidestream` command. Each verb is loaded when it is called. */
const verb = process.argv[2]
if (verb === 'run') {
  const { run } = await import('./run.js')
  await run(process.argv.slice(3))
}
