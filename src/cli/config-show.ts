/** `sidestream config show [KEY]`: the config that is in force, as a file that sets the same. */
import { type Entry, keyOf } from '../config/entry.js'
import { findKey, noSuchKey } from '../config/key-path.js'
import { inline, inOrder, printConfig, shownValue } from '../config/print.js'
import type { SettingInForce } from '../ports/config.js'
import { readArguments } from './arguments.js'
import { columns } from './config-columns.js'
import {
  type Answer,
  type ConfigView,
  checked,
  type Load,
  openView,
  unjudged,
  viewKinds,
} from './config-view.js'
import { cut, type Style, styleOf } from './style.js'
import { UsageError } from './usage-error.js'

const kinds = { ...viewKinds, origin: 'flag', json: 'flag' } as const

export const show = async (args: readonly string[], load: Load): Promise<Answer> => {
  const { positionals, options } = readArguments(args, kinds, 1)
  const view = checked(await openView(options, load))
  const entries = entriesBelow(view, positionals[0])
  const { warnings } = view.resolution
  if (options.json === true) return { text: showJson(entries), warnings }
  const text =
    options.origin === true ? originText(entries, styleOf(process.stdout)) : showText(view, entries)
  return { text, warnings }
}

/**
 * What is in force, of each key once.
 *
 * @throws UsageError when there is no such key
 */
export const entriesBelow = (
  { subject, resolution }: ConfigView,
  key: string | undefined,
): readonly Entry[] => {
  const all = inOrder(subject.schema, [...resolution.winners.values()])
  if (key === undefined) return all
  const found = findKey(key, subject.schema)
  if (found === undefined) throw new UsageError(`${key}: ${noSuchKey(key, subject.schema)}`)
  return all.filter(({ path }) => found.path.every((part, i) => path[i] === part))
}

export const showText = (view: ConfigView, entries: readonly Entry[]): string => {
  const hidden = entries.some(({ path }) => path[0] === 'engines') ? unjudged(view) : []
  return [
    printConfig(view.subject.schema, entries).trimEnd(),
    ...hidden.map(
      (name) => `# engines.${name} is not shown: only its engine knows its secrets (--engine)`,
    ),
  ].join('\n')
}

export const showJson = (entries: readonly Entry[]): string =>
  JSON.stringify(
    entries.map(
      (entry): SettingInForce => ({
        key: keyOf(entry.path),
        value: shownValue(entry),
        layer: entry.layer,
        source: entry.source,
        reload: entry.node.reload,
      }),
    ),
  )

/** Of a value in a table; the whole is shown without. */
const longestValue = 48

export const originText = (entries: readonly Entry[], style: Style): string => {
  const rows = entries.map((entry) => [
    keyOf(entry.path),
    cut(inline(shownValue(entry)), longestValue),
    entry.layer,
    entry.layer === 'default' ? '' : entry.source,
  ])
  return columns(rows, ['cyan', undefined, 'yellow', 'dim'], style, head).join('\n')
}

const head = ['key', 'value', 'layer', 'where']
