/** What `sidestream host` reads of a config: its own section, which is what `supervise()` takes. */
import * as t from 'io-ts'
import { ConfigError } from '../config/problem.js'
import { resolveConfig, type Subject, subjectOf } from '../config/resolve.js'
import type { Strategy } from '../host/supervision.js'
import type { EngineSpecs } from '../host/supervisor.js'
import { runtimeConfig } from '../models/runtime-config.js'
import { secret } from '../protocol/secret.js'
import { optional as leftOut, section, setting } from '../protocol/setting.js'
import { duration, size } from '../protocol/units.js'
import type { Given } from './config-sources.js'
import { configFile } from './open-config.js'

export interface HostConfig {
  /** As messages name the file. */
  readonly file: string | undefined
  readonly strategy: Strategy | undefined
  readonly engines: EngineSpecs
}

const strings = t.array(t.string)
const told = <C extends t.Any>(codec: C, description: string) => setting(codec, { description })
const closed = <P extends t.Props>(props: P) => t.exact(t.partial(props))

const budget = t.strict({
  most: told(t.number, 'So many, and one more quarantines it,'),
  within: told(duration, 'in this time.'),
})
const restart = closed({
  type: told(
    t.keyof({ permanent: null, transient: null, temporary: null }),
    'Whether it is started again: always, after an end that was none of `goodExitCodes`, or never.',
  ),
  goodExitCodes: told(t.array(t.number), 'Exit codes of an end that was meant. Default: 0.'),
  backoff: closed({
    base: told(
      duration,
      'Longest wait before the first start again; the wait is a random part of it.',
    ),
    factor: told(t.number, 'By which it grows from one start to the next.'),
    cap: told(duration, 'Which it does not exceed.'),
  }),
  stableFor: told(duration, 'Ready for so long, it counts as well again.'),
  startFailures: told(budget, 'Starts that may come to nothing.'),
  crashes: told(budget, 'Ends after it was ready.'),
})
const liveness = closed({
  every: told(duration, 'Time between two pings.'),
  timeout: told(duration, 'How long an answer may take.'),
  misses: told(t.number, 'Pings without an answer, in a row, before it is killed.'),
  blockedFor: told(duration, 'An event loop that is blocked for longer is killed.'),
})
const pool = closed({
  min: told(t.number, 'Processes that always run.'),
  max: told(t.number, 'Most processes; more than `min` are started while all are busy.'),
  idleFor: told(duration, 'One above `min` that had nothing to do for so long is stopped.'),
})
const recycle = closed({
  calls: told(t.number, 'A process is replaced after so many calls,'),
  age: told(duration, 'or at this age, give or take a tenth,'),
  memoryBytes: told(size, 'or when it uses more memory than this.'),
})
const optional = {
  args: told(strings, 'What the program is given.'),
  cwd: told(t.string, 'Its working directory.'),
  env: told(t.record(t.string, secret(t.string)), 'Variables that it gets; never shown.'),
  inherit: told(
    t.union([t.literal('all'), strings]),
    "Variables of the host's own that it gets, beside those that every program needs.",
  ),
  sha256: told(t.string, 'Checksum that the program must have.'),
  framing: told(
    t.keyof({ ndjson: null, 'content-length': null }),
    'How messages to it are framed.',
  ),
  limits: closed({
    messageBytes: told(size, 'Largest message that it may send.'),
    replyBytes: told(size, 'Largest message that it is sent.'),
    bufferBytes: told(size, 'Most that may wait for it unread.'),
  }),
  restart,
  startup: told(duration, 'From spawn to ready. Default 30 s.'),
  liveness,
  pool: told(
    t.union([t.number, pool]),
    'A number of processes, or `{min, max, idleFor}`. Default 1.',
  ),
  recycle,
  maxMemoryBytes: told(size, 'Above this, a process is killed.'),
  idempotent: told(strings, 'Methods that may be called again after a crash.'),
  replays: told(t.number, 'How often one call may be sent again. Default 2.'),
  queue: told(t.number, 'Most calls that wait while no process runs. Default 1,000.'),
  grace: told(duration, 'How long open calls may take when it is stopped. Default 5 s.'),
}
const required = { command: told(t.string, 'The program.') }
const Spec = t.exact(t.intersection([t.type(required), t.partial(optional)]))
const strategies = { one_for_one: null, one_for_all: null, rest_for_one: null }
export const hostSection = section({
  strategy: setting(leftOut(t.keyof(strategies)), {
    description: 'Whom the end of one engine concerns.',
  }),
  engines: setting(t.record(t.string, Spec), {
    default: {},
    description: 'Processes by name, each as `supervise()` takes it.',
  }),
})

/** @throws ConfigError that names the file, the place, and what is wrong there */
export const readHostConfig = (given: Given): HostConfig => {
  const subject = subjectOf(runtimeConfig({ host: hostSection }) as Subject['codec'], undefined)
  const file = configFile(given)
  const { folder } = given
  const sources = {
    definition: {},
    file,
    env: process.env,
    flags: given.flags,
    runtime: [],
    folder,
  }
  const { config, problems } = resolveConfig(subject, sources)
  if (config === undefined) throw new ConfigError(problems)
  const { strategy, engines } = config.host as t.TypeOf<typeof hostSection>
  const specs = Object.entries(engines).map(([name, { env = {}, ...spec }]) => {
    const revealed = Object.entries(env).map(([key, value]) => [key, value.reveal()])
    return [name, { ...spec, env: Object.fromEntries(revealed) }]
  })
  return { file: file?.name, strategy, engines: Object.fromEntries(specs) }
}
