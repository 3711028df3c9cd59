/** `sidestream config explain KEY`: what a setting is for, and where its value comes from. */
import { keyOf, placeOf } from '../config/entry.js'
import { variableOf } from '../config/environment.js'
import { type Found, findKey } from '../config/key-path.js'
import { inline, shownValue } from '../config/print.js'
import { problemsText } from '../config/problem.js'
import { defaultIn, expectedIn } from '../config/reference-page.js'
import { type Value, valuesOf } from '../config/schema.js'
import type { Reload } from '../protocol/setting.js'
import { readArguments } from './arguments.js'
import { columns } from './config-columns.js'
import {
  type Answer,
  type ConfigView,
  type Load,
  noSuchSetting,
  openView,
  viewKinds,
} from './config-view.js'
import { printable, type Style, styleOf } from './style.js'
import { UsageError } from './usage-error.js'

const kinds = { ...viewKinds, json: 'flag' } as const

export const explainKey = async (args: readonly string[], load: Load): Promise<Answer> => {
  const { positionals, options } = readArguments(args, kinds, 1)
  const [key] = positionals
  if (key === undefined)
    throw new UsageError('Which setting? Such as: sidestream config explain log.level')
  const view = await openView(options, load)
  const explained = explanation(view, key)
  const text =
    options.json === true
      ? JSON.stringify(explained)
      : explanationText(explained, styleOf(process.stdout))
  return { text, warnings: view.resolution.warnings }
}

/** What a change takes, in plain words. */
const reloads: Readonly<Record<Reload, string>> = {
  hot: 'takes effect at once',
  'drain-restart': 'needs a new process; a host can replace it without losing a call',
  cold: 'needs a new process, and whoever starts it has to know',
}

interface InLayer {
  readonly layer: string
  readonly source: string
  readonly value: unknown
}

interface ValueExplained {
  readonly key: string
  readonly description: string | undefined
  readonly expected: string
  readonly default: string | undefined
  readonly variable: string
  readonly reload: Reload
  /** From what gives way to what wins. */
  readonly values: readonly InLayer[]
  readonly problems: readonly string[]
}

interface SectionExplained {
  readonly key: string
  readonly description: string | undefined
  readonly keys: readonly { readonly key: string; readonly description: string | undefined }[]
}

export type Explained = ValueExplained | SectionExplained

/** @throws UsageError when there is no such key */
export const explanation = (view: ConfigView, key: string): Explained => {
  const found = findKey(key, view.subject.schema)
  if (found === undefined) throw noSuchSetting(key, view.subject)
  const { node, path } = found
  if (node.kind === 'value') return valueExplained(view, { node, path })
  const keys = valuesOf(node, path).map(([name, { description }]) => ({ key: name, description }))
  return { key: keyOf(path), description: node.description, keys }
}

const valueExplained = (
  { resolution }: ConfigView,
  { node, path }: Found & { readonly node: Value },
): ValueExplained => {
  const key = keyOf(path)
  const entries = resolution.entries.get(placeOf(path)) ?? []
  return {
    key,
    description: node.description,
    expected: expectedIn(node),
    default: defaultIn(node),
    variable: variableOf(path.map((part) => part.replaceAll('.', '_')).join('.')),
    reload: node.reload,
    values: entries.map((it) => ({ layer: it.layer, source: it.source, value: shownValue(it) })),
    problems: resolution.problems
      .filter((it) => it.key === key || it.key.startsWith(`${key}.`))
      .map((it) => problemsText([it])),
  }
}

export const explanationText = (explained: Explained, style: Style): string =>
  ('keys' in explained ? sectionLines(explained, style) : valueLines(explained, style)).join('\n')

const sectionLines = (
  { key, description, keys }: SectionExplained,
  style: Style,
): readonly string[] => [
  style.bold(printable(key)),
  ...(description === undefined ? [] : [`  ${printable(description)}`]),
  '',
  ...columns(
    keys.map((it) => [it.key, it.description ?? '']),
    ['cyan', undefined],
    style,
  ),
]

const valueLines = (explained: ValueExplained, style: Style): readonly string[] => {
  const { key, description, expected, variable, reload, values, problems } = explained
  const facts = [
    ['expected', expected],
    ['default', explained.default ?? 'none'],
    ['variable', variable],
    ['a change', `${reloads[reload]} (${reload})`],
  ]
  const rows = values.map(({ layer, value, source }, i) => [
    i === values.length - 1 ? '→' : ' ',
    layer,
    inline(value),
    layer === 'default' ? '' : source,
  ])
  const set = columns(rows, ['green', 'yellow', undefined, 'dim'], style)
  return [
    style.bold(printable(key)),
    ...(description === undefined ? [] : [`  ${printable(description)}`]),
    '',
    ...columns(facts, ['dim', undefined], style),
    '',
    ...(set.length > 0 ? set : ['It is not set.']),
    ...problems.map((problem) => `${style.red('✗')} ${problem}`),
  ]
}
