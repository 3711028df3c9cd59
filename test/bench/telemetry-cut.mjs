/** A build without telemetry: what the one that is off is measured against. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What a call meets of telemetry, and what stood there before: each of these lines stands in the build once. */
const cuts = [
  ['runtime.bytesIn += chunk.length;\n'],
  ['if (runtime.telemetry.received !== void 0) watch(call, runtime.telemetry.received);\n'],
  [
    'if (call.span === void 0) calls$.next(call);\nelse call.within(() => calls$.next(call));\n',
    'calls$.next(call);\n',
  ],
  ['if (call.span !== void 0) call.span.stage(mark);\n'],
  ['call.within(() => enter(call, phase));', 'enter(call, phase);'],
  ['call.within(() => this.run(call));', 'this.run(call);'],
  ['if (runtime.isTimed) call.startedAt', 'if (runtime.callLog !== void 0) call.startedAt'],
  [
    'if (call.span === void 0) handle(call, spec);\nelse call.within(() => handle(call, spec));\n',
    'handle(call, spec);\n',
  ],
  ['if (this.isTimed) call.settledAt', 'if (this.callLog !== void 0) call.settledAt'],
  ['call.span?.traceId ?? traceIdOf', 'traceIdOf'],
  [/call\.span\?\.end\([\s\S]*?\}, timesOf\(call\)\);\n/],
  ['this.span = void 0;\n'],
]

/**
 * Makes a copy of the package, with an engine, whose core has no telemetry in the way of a call.
 *
 * @returns the command and the engine
 * @throws Error when the code has changed, so that these cuts do not fit it any more
 */
export const withoutTelemetry = (root, engine, folder) => {
  cpSync(join(root, 'dist'), join(folder, 'dist'), { recursive: true })
  cpSync(join(root, 'package.json'), join(folder, 'package.json'))
  cpSync(engine, join(folder, 'engine.js'))
  const core = join(folder, 'dist/cjs/core.cjs')
  let code = readFileSync(core, 'utf8')
  for (const [hook, before = ''] of cuts) {
    const [head, tail, ...more] = code.split(hook)
    if (tail === undefined || more.length > 0)
      throw new Error(`telemetry-cut.mjs does not fit the build: ${hook} must stand there once`)
    code = head + before + tail
  }
  writeFileSync(core, code)
  return { cli: join(folder, 'dist/cli.cjs'), engine: join(folder, 'engine.js') }
}
