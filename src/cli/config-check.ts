/** `sidestream config check [FILE]`: what is wrong with a config, or what putting it in force takes. */
import { isDeepStrictEqual } from 'node:util'
import { type Entry, keyOf, placeOf } from '../config/entry.js'
import { inOrder } from '../config/print.js'
import { ConfigError } from '../config/problem.js'
import type { Reload } from '../protocol/setting.js'
import { readArguments } from './arguments.js'
import { columns } from './config-columns.js'
import { configFolders } from './config-folders.js'
import {
  type Answer,
  type ConfigView,
  checked,
  type Load,
  openView,
  unjudged,
  viewKinds,
} from './config-view.js'
import { printable, type Style, styleOf } from './style.js'

export const check = async (args: readonly string[], load: Load): Promise<Answer> => {
  const { positionals, options } = readArguments(args, viewKinds, 1)
  const [file = options.config] = positionals
  const view = await openView({ ...options, ...(file !== undefined && { config: file }) }, load)
  if (view.file === undefined) throw noFile()
  return {
    text: checkText(checked(view), styleOf(process.stdout)),
    warnings: view.resolution.warnings,
  }
}

const noFile = (): ConfigError => {
  const message = `there is no config file in ${configFolders(process.cwd()).join(' or ')}. To write one: sidestream config init`
  return new ConfigError([{ source: '', key: '', message }])
}

/** In the words of {@link Reload}, from what takes least. */
const groups: readonly (readonly [Reload, string])[] = [
  ['hot', 'at once'],
  ['drain-restart', 'by a new process, without losing a call'],
  ['cold', 'by a new process'],
]

/** @param view - of a config that is fine */
export const checkText = (view: ConfigView, style: Style): string => {
  const { subject, file, resolution } = view
  const all = inOrder(
    subject.schema,
    [...resolution.entries.values()].flatMap((layers) => layers.filter(isOfFile)),
  )
  const set = all.filter(({ path }) => keyOf(path) !== 'engines') // it is told as not judged
  const wins = (entry: Entry): boolean => resolution.winners.get(placeOf(entry.path)) === entry
  const overridden = set.filter((entry) => !wins(entry))
  const changed = set.filter((entry) => wins(entry) && isChange(view, entry))
  const rows = [
    ...groups.map(([reload, words]) => [
      words,
      keys(changed.filter(({ node }) => node.reload === reload)),
    ]),
    ['overridden', keys(overridden)],
    [
      'not judged',
      unjudged(view)
        .map((name) => `engines.${name}`)
        .join(', '),
    ],
  ].filter(([, text]) => text !== '')
  const count = set.length === 1 ? '1 setting' : `${set.length} settings`
  return [
    `${style.green('✓')} ${printable(file?.name ?? '')}: ${count}, nothing is wrong`,
    ...columns(rows, ['dim', 'cyan'], style).map((line) => `  ${line}`),
    ...resolution.notes.map((note) => `note: ${printable(note)}`),
  ].join('\n')
}

const keys = (entries: readonly Entry[]): string =>
  entries.map(({ path }) => keyOf(path)).join(', ')

const isOfFile = ({ layer }: Entry): boolean => layer === 'file'

/** Whether another value would be in force without the file. */
const isChange = ({ resolution }: ConfigView, entry: Entry): boolean => {
  const below = resolution.entries.get(placeOf(entry.path))?.findLast((it) => !isOfFile(it))
  return !isDeepStrictEqual(below?.value, entry.value)
}
