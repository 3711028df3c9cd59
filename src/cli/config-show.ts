/** `sidestream config show [KEY]`: the config that is in force, as a file that sets the same. */
import { type Entry, keyOf } from '../config/entry.js'
import { findKey } from '../config/key-path.js'
import { inline, inOrder, printConfig, shownValue } from '../config/print.js'
import type { SettingInForce } from '../ports/config.js'
import { readArguments } from './arguments.js'
import { columns, roomFor } from './config-columns.js'
import {
  type Answer,
  type ConfigView,
  checked,
  type Load,
  noSuchSetting,
  openView,
  unjudged,
  viewKinds,
} from './config-view.js'
import { cut, printable, type Style, styleOf, widthOf } from './style.js'

const kinds = { ...viewKinds, origin: 'flag', json: 'flag' } as const

export const show = async (args: readonly string[], load: Load): Promise<Answer> => {
  const { positionals, options } = readArguments(args, kinds, 1)
  const view = checked(await openView(options, load))
  const [key] = positionals
  const entries = entriesBelow(view, key)
  const { warnings } = view.resolution
  if (options.json === true) return { text: showJson(entries), warnings }
  if (key !== undefined && entries.length === 0) {
    return { text: `# ${printable(key)} is not set`, warnings }
  }
  const { stdout } = process
  const width = stdout.isTTY ? widthOf(stdout) : undefined
  const text =
    options.origin === true ? originText(entries, styleOf(stdout), width) : showText(view, entries)
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
  if (found === undefined) throw noSuchSetting(key, subject)
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

/**
 * What is in force, in a table.
 *
 * @param width - columns of a terminal, which values are cut for
 */
export const originText = (entries: readonly Entry[], style: Style, width?: number): string => {
  const rows = entries.map((entry) => [
    keyOf(entry.path),
    inline(shownValue(entry)),
    entry.layer,
    entry.layer === 'default' ? '' : entry.source,
  ])
  const room = Math.max(leastValue, roomFor(1, [head, ...rows], width ?? Number.POSITIVE_INFINITY))
  const cutRows = rows.map((row) => row.map((cell, i) => (i === 1 ? cut(cell, room) : cell)))
  return columns(cutRows, ['cyan', undefined, 'yellow', 'dim'], style, head).join('\n')
}

const head = ['key', 'value', 'layer', 'where']
/** Columns of a value that are worth to be read, though the row may wrap. */
const leastValue = 12
