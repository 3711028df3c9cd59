/** What can be set of any engine without touching its code. The reference page, the schema for editors and all checks come from here. */
import * as t from 'io-ts'
import { logLevels } from '../ports/logger.js'
import { path } from '../protocol/file-path.js'
import { defaultLimits } from '../protocol/limits.js'
import { optional, section, setting } from '../protocol/setting.js'
import { duration, size } from '../protocol/units.js'

const oneOf = <const N extends string>(names: readonly N[]): t.Type<N, N, unknown> =>
  t.keyof(Object.fromEntries(names.map((name) => [name, null])) as Record<N, null>)

const number = (name: string, fits: (value: number) => boolean, schema: object) =>
  Object.assign(t.refinement(t.number, fits, name), { jsonSchema: schema })

const count = number('a whole number, 1 or more', (n) => Number.isSafeInteger(n) && n >= 1, {
  type: 'integer',
  minimum: 1,
})
const countOrNone = number('a whole number, 0 or more', (n) => Number.isSafeInteger(n) && n >= 0, {
  type: 'integer',
  minimum: 0,
})
/** Names of files end with their number. */
const upTo9999 = number(
  'a whole number from 0 to 9999',
  (n) => Number.isSafeInteger(n) && n >= 0 && n <= 9999,
  {
    type: 'integer',
    minimum: 0,
    maximum: 9999,
  },
)
const share = number('a number from 0 to 1', (n) => n >= 0 && n <= 1, {
  type: 'number',
  minimum: 0,
  maximum: 1,
})

const isPattern = (text: string): boolean => {
  try {
    return !new RegExp(text).test('')
  } catch {
    return false
  }
}
const patternName = 'a regular expression that does not match nothing'
const pattern = Object.assign(t.refinement(t.string, isPattern, patternName), {
  jsonSchema: { type: 'string', format: 'regex' },
})

const level = oneOf(logLevels)

const log = section(
  {
    level: setting(level, {
      default: 'info',
      description: 'Lowest level that is logged. `log.setLevel` changes it at run time.',
    }),
    modules: setting(t.record(t.string, level), {
      default: {},
      description: 'The same for loggers of one module, as `log.child({ module })` makes them.',
    }),
    format: setting(oneOf(['auto', 'json', 'pretty']), {
      default: 'auto',
      description:
        'How stderr shows records; `auto` is `pretty` on a terminal and `json` elsewhere.',
    }),
    calls: setting(share, {
      default: 0,
      description:
        'Share of calls that are logged when they are answered, with their times, bytes and outcome: 1 is all, 0.01 every hundredth.',
    }),
    redact: section({
      keys: setting(t.array(t.string), {
        default: [],
        description: 'Keys whose values are not logged, beside those that everybody calls secrets.',
      }),
      patterns: setting(t.array(pattern), {
        default: [],
        description: 'Regular expressions; what they match is not logged.',
      }),
    }),
    file: section({
      path: setting(optional(path), {
        description: 'File that gets all records, too, as JSON. Default: none.',
      }),
      maxSize: setting(size, {
        default: '16MiB',
        description: 'The file is put aside before it grows beyond this.',
      }),
      maxAge: setting(optional(duration), {
        description: 'And when it was begun so long ago. Default: any age.',
      }),
      keep: setting(upTo9999, {
        default: 5,
        description: 'Files put aside that are kept: `NAME.1` is the newest.',
      }),
    }),
  },
  { reload: 'hot' },
)

const ofCalls = {
  maxInFlight: setting(optional(count), {
    description: 'Calls that run at once. Default: any number.',
    reload: 'hot',
  }),
  maxQueued: setting(optional(countOrNone), {
    description:
      'Calls that wait for their turn; one more is answered with Overloaded. Default: 1000.',
    reload: 'hot',
  }),
}

const limits = section(
  {
    ...ofCalls,
    messageBytes: setting(size, {
      default: defaultLimits.messageBytes,
      description: 'Largest message that is read.',
    }),
    replyBytes: setting(size, {
      default: defaultLimits.replyBytes,
      description: 'Largest message that is written.',
    }),
    batch: setting(count, {
      default: defaultLimits.batch,
      description: 'Most members of one batch.',
    }),
    depth: setting(count, {
      default: defaultLimits.depth,
      description: 'Deepest nesting of arrays and objects in a message.',
    }),
    bufferBytes: setting(size, {
      default: defaultLimits.bufferBytes,
      description: 'Ordinary calls wait unread while more output than this is unwritten.',
    }),
    openBytes: setting(size, {
      default: defaultLimits.openBytes,
      description: 'And while open calls hold more than this.',
    }),
    controlBytes: setting(size, {
      default: defaultLimits.controlBytes,
      description:
        'Input that waits and is kept in memory, so that control calls behind it get through.',
    }),
  },
  { reload: 'drain-restart' },
)

const telemetry = section({
  stages: setting(oneOf(['off', 'events', 'spans']), {
    default: 'events',
    description:
      'How the traces of calls tell of the stages they passed: not at all, as events of the call, or as spans.',
    reload: 'hot',
  }),
  file: section({
    path: setting(optional(path), {
      description:
        'File that gets all traces, as OTLP/JSON lines: `sidestream trace show` draws them. Default: none.',
    }),
    maxSize: setting(size, {
      default: '8MiB',
      description: 'The file is put aside before it grows beyond this.',
    }),
    keep: setting(upTo9999, {
      default: 4,
      description: 'Files put aside that are kept: `NAME.1` is the newest.',
    }),
  }),
  flush: setting(duration, {
    default: '1500ms',
    description: 'Longest time that the end of a process waits for telemetry to be delivered.',
  }),
  ignoreRemoteUnsampled: setting(t.boolean, {
    default: false,
    description:
      'Decides anew about traces that the caller does not keep, for hosts that would keep none.',
  }),
})

/** What is known of the engine that a config is for, and of the host. */
export interface ConfigParts {
  readonly engine?: {
    readonly name: string
    /** Of its own section; undefined when it has none. */
    readonly config: t.Any | undefined
    /** Names of methods, and of groups as `models.*`. */
    readonly methods: readonly string[]
    readonly stages: readonly string[]
  }
  /** Of the section that `sidestream host` reads. */
  readonly host?: t.Any
}

const methodSettings = (stages: t.Type<string, string, unknown>) => ({
  deadline: setting(optional(duration), {
    description: 'Longest time from receipt to reply.',
    reload: 'hot',
  }),
  limits: section(ofCalls),
  stages: setting(optional(t.array(stages)), {
    description: 'The stages that these calls pass before their handler, in this order.',
    reload: 'hot',
  }),
})

/** The codec of a whole config. Without an engine, its names are not judged. */
export const runtimeConfig = ({ engine, host }: ConfigParts = {}) => {
  const methods = section(methodSettings(engine === undefined ? t.string : oneOf(engine.stages)), {
    reload: 'hot',
  })
  const ownMethods = engine?.methods.map((name) => [name, methods] as const)
  const own = engine?.config
  return t.strict({
    log,
    errors: section(
      {
        expose: setting(oneOf(['none', 'message', 'debug']), {
          default: 'message',
          description:
            'What callers are told of a defect: nothing, its message, or its stack and causes too.',
        }),
      },
      { reload: 'hot' },
    ),
    deadline: setting(optional(duration), {
      description:
        'Longest time from receipt to reply, of methods that have none of their own. Default: their callers decide.',
      reload: 'hot',
    }),
    drain: setting(duration, {
      default: '5s',
      description: 'How long open calls may take once the engine stops.',
      reload: 'hot',
    }),
    limits,
    methods:
      ownMethods === undefined
        ? setting(t.record(t.string, methods), {
            default: {},
            description: 'Settings of one method, or of a group: `models.load`, `models.*`.',
            reload: 'hot',
          })
        : section(Object.fromEntries(ownMethods)),
    telemetry,
    framing: setting(oneOf(['auto', 'ndjson', 'content-length']), {
      default: 'auto',
      description: 'How messages are told apart; `auto` goes by the first bytes that come.',
    }),
    parentWatch: setting(t.boolean, {
      default: true,
      description: 'Ends the engine when its parent process has gone.',
    }),
    engines:
      engine === undefined
        ? setting(t.UnknownRecord, {
            default: {},
            description: 'Settings of engines of their own, by the name of the engine.',
          })
        : section(own === undefined ? {} : { [engine.name]: setting(own, { default: {} }) }),
    host: setting(host ?? t.UnknownRecord, {
      default: {},
      description: 'What `sidestream host` keeps running.',
    }),
  })
}

/** The config of any engine: what a file may hold, when nothing is known of the engine. */
export const RuntimeConfig = runtimeConfig()
export type RuntimeConfig = t.TypeOf<typeof RuntimeConfig>
