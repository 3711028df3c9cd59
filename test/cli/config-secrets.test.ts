/** No command, no error and no dump shows a secret, wherever it stands and whatever is wrong with it. */
import { join } from 'node:path'
import { inspect } from 'node:util'
import fc from 'fast-check'
import * as t from 'io-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { stringify } from 'yaml'
import { checkText } from '../../src/cli/config-check.js'
import { explanation, explanationText } from '../../src/cli/config-explain.js'
import { entriesBelow, originText, showJson, showText } from '../../src/cli/config-show.js'
import { type ConfigView, commandSubject, viewOf } from '../../src/cli/config-view.js'
import { plain } from '../../src/cli/style.js'
import type { ConfigFile } from '../../src/config/config-file.js'
import { keyOf } from '../../src/config/entry.js'
import type { Flag } from '../../src/config/flags.js'
import { LiveConfig } from '../../src/config/live-config.js'
import { printConfig } from '../../src/config/print.js'
import { ConfigError, problemsText } from '../../src/config/problem.js'
import { schemaOf, valuesOf } from '../../src/config/schema.js'
import { engine } from '../../src/engine/define.js'
import { optional, secret, section, setting } from '../../src/index.js'
import { fileOf } from '../config/config-of.js'
import { arbitraryConfig } from './config-arbitrary.js'
import { folderOf } from './sidestream.js'

const test = suite('secrets of a config')

const long = t.refinement(t.string, (it) => it.length > 12, 'a text of more than 12 characters')
const own = section(
  {
    token: setting(optional(secret(t.string)), { description: 'At the top.' }),
    long: setting(optional(secret(long)), {}),
    auth: section({
      password: setting(optional(secret(t.string)), {}),
      deep: section({ pin: setting(optional(secret(t.union([t.number, t.string]))), {}) }),
    }),
    keys: setting(t.array(secret(t.string)), { default: [] }),
    pairs: setting(t.array(t.strict({ name: t.string, key: secret(t.string) })), { default: [] }),
    either: setting(optional(t.union([t.boolean, secret(long)])), {}),
    byName: setting(t.record(t.string, secret(t.string)), { default: {} }),
    threads: setting(t.number, { default: 1 }),
  },
  { reload: 'hot' },
)
const demo = engine({ name: 'demo', version: '1.0.0', methods: {}, config: own })
const ofDemo = commandSubject(demo)
const ofAny = commandSubject(undefined)

const mark = 's3cr3t-'
/** What stands beside a secret, where one is shown. */
const around = /.{0,80}s3cr3t-.{0,20}/g
const folder = folderOf({ 'a.secret': `${mark}a\n`, 'b.secret': `${mark}b` })
const texts = fc
  .array(fc.constantFrom(...'0123456789abcdef'), { minLength: 4, maxLength: 12 })
  .map((digits) => mark + digits.join(''))
const references = fc.constantFrom(
  { file: 'a.secret' },
  { file: join(folder, 'b.secret') },
  { env: 'DEMO_SECRET' },
)
const secrets = fc.oneof(texts, references)

/** Something, somewhere, that does not fit, and holds a secret. */
const misplaced = fc.oneof(
  texts,
  fc.array(texts, { maxLength: 2 }),
  fc.record({ tokn: texts }),
  fc.record({ key: texts, name: texts, file: texts }),
  fc.array(fc.record({ key: fc.array(texts) })),
)
const keys = valuesOf(schemaOf(own)).flatMap(([key, { isSecret }]) =>
  isSecret ? [key.replaceAll('<name>', 'one')] : [],
)
const places = [
  ...keys,
  'auth',
  'auth.deep',
  'tokn',
  'auth.passwrd',
  'auth.password.inner',
  'keys.0',
]

type Tree = Readonly<Record<string, unknown>>

const withAt = (tree: unknown, [key = '', ...rest]: readonly string[], value: unknown): Tree => {
  const branch = typeof tree === 'object' && tree !== null && !Array.isArray(tree) ? tree : {}
  const below = (branch as Tree)[key]
  return { ...branch, [key]: rest.length === 0 ? value : withAt(below, rest, value) }
}

const trees = fc
  .tuple(
    arbitraryConfig(own, secrets),
    fc.option(fc.tuple(fc.constantFrom(...places), misplaced), { freq: 2 }),
  )
  .map(([tree, wrong]) => (wrong === null ? tree : withAt(tree, wrong[0].split('.'), wrong[1])))

/** What becomes of the first secret of a file when somebody forgets its quotes, or more. */
const slips = fc.constantFrom(
  ...[
    '$1',
    '"$1" $1',
    '|$1',
    '>$1',
    '!$1',
    '!<$1>',
    '*$1',
    '@$1',
    '%$1',
    '`$1',
    "'$1",
    '[$1',
    '$1: $1',
  ],
)
const slip = fc.oneof(
  { weight: 5, arbitrary: fc.constant((text: string) => text) },
  slips.map((by) => (text: string) => text.replace(/"?(s3cr3t-\w+)"?/, by)),
  fc.nat().map((at) => (text: string) => text.slice(0, at % text.length)),
)

/** A file and how its name ends. */
const written = fc
  .tuple(trees, fc.constantFrom('json', 'flow', 'block'), slip)
  .map(([tree, form, slipped]): readonly [string, string] => {
    const whole = { engines: { demo: tree } }
    const text = slipped(form === 'block' ? stringify(whole) : JSON.stringify(whole))
    return [text, form === 'json' ? 'json' : 'yaml']
  })

const place = fc.constantFrom(...places)
const typed = fc.array(fc.tuple(place, texts), { maxLength: 1 })
const flagsFrom = (pairs: readonly (readonly [string, string])[]): readonly Flag[] =>
  pairs.map(([key, text]) => ({ option: '--set', key: `engines.demo.${key}`, text }))
const envFrom = (pairs: readonly (readonly [string, string])[]) => ({
  DEMO_SECRET: `${mark}e`,
  ...Object.fromEntries(
    pairs.map(([key, text]) => [
      `SIDESTREAM_ENGINES__DEMO__${key.replaceAll('.', '__').toUpperCase()}`,
      text,
    ]),
  ),
})

const dumpsOf = (config: unknown): readonly string[] => [
  JSON.stringify(config) ?? '',
  inspect(config, { depth: Number.POSITIVE_INFINITY, showHidden: true }),
]

/** All that any verb could print of a config. */
const shownOf = (view: ConfigView): readonly string[] => {
  const { config, problems, warnings } = view.resolution
  const entries = entriesBelow(view, undefined)
  const own = entries
    .filter(({ path: [first] }) => first === 'engines')
    .map(({ path }) => keyOf(path))
  const explained = [...own, 'engines'].map((key) => explanation(view, key))
  return [
    problemsText(problems),
    inspect(new ConfigError(problems)),
    ...warnings,
    showText(view, entries),
    printConfig(view.subject.schema, entries),
    originText(entries, plain),
    showJson(entries),
    ...explained.flatMap((it) => [explanationText(it, plain), JSON.stringify(it)]),
    ...(view.file !== undefined && config !== undefined ? [checkText(view, plain)] : []),
    ...(view.subject.engineName === undefined ? [] : dumpsOf(config)), // else nobody knows what is secret
  ]
}

const told = (what: () => unknown): string => {
  try {
    return JSON.stringify(what()) ?? ''
  } catch (error) {
    return `${inspect(error)} ${JSON.stringify(error)}`
  }
}

interface Given {
  readonly file: ConfigFile
  readonly env: Readonly<Record<string, string>>
  readonly flags: readonly Flag[]
  readonly folder: string
}

/** All that a running engine tells of it. */
const toldByEngine = (given: Given, changed: string, [key, text]: readonly [string, string]) => {
  const options = {
    ...given,
    subject: { ...ofDemo, engineName: 'demo' },
    definition: {},
    find: () => ({ ...fileOf(changed), folder }),
  }
  return told(() => {
    const live = new LiveConfig(options)
    return [
      live.get(),
      told(() => live.set(`engines.demo.${key}`, text)),
      told(() => live.set(`engines.demo.${key}`, { [text]: text, key: [text] })),
      live.get(),
      live.reload('SIGHUP'),
      live.get(),
      ...dumpsOf(live.config),
    ]
  })
}

test('are in no output of 1,000 random configs, valid and invalid ones', () => {
  const counts = { valid: 0, invalid: 0, unreadable: 0 }
  const all = fc.tuple(written, typed, typed, written, fc.tuple(place, texts))
  const property = fc.property(all, ([[text, kind], variables, options, [changed], runtime]) => {
    const outputs: string[] = []
    try {
      const file = { ...fileOf(text, `test.${kind}`), folder }
      const given = { file, env: envFrom(variables), flags: flagsFrom(options), folder }
      const view = viewOf(ofDemo, {}, given)
      counts[view.resolution.config === undefined ? 'invalid' : 'valid'] += 1
      outputs.push(...shownOf(view), ...shownOf(viewOf(ofAny, {}, given)))
      outputs.push(toldByEngine(given, changed, runtime))
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      counts.unreadable += 1
      outputs.push(inspect(error), JSON.stringify(error))
    }
    const leaks = outputs
      .filter((output) => output.includes(mark))
      .flatMap((output) => output.match(around) ?? [])
    assert.is(leaks.join('\n'), '')
  })
  fc.assert(property, { numRuns: 1000, includeErrorInReport: true })
  for (const count of Object.values(counts)) assert.ok(count > 100, inspect(counts))
})

test.run()
