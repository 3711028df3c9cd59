/** `sidestream trace show [FILE]`: draws traces out of a file. */
import type { WriteStream } from 'node:tty'
import {
  closeFiles,
  type OpenFile,
  openFiles,
  spooled,
  traceFilesOf,
} from '../../telemetry/trace-file.js'
import { type FoundTraces, findTraces } from '../../telemetry/trace-search.js'
import { type TraceTree, traceTree } from '../../telemetry/trace-tree.js'
import { readArguments } from './arguments.js'
import { type Style, styleOf, widthOf } from './style.js'
import { traceJson } from './trace-json.js'
import type { NameOf } from './trace-notes.js'
import { queryKinds, readCount, readQuery } from './trace-query.js'
import { LoadError, UsageError } from './usage-error.js'
import { waterfall } from './waterfall.js'

const kinds = { ...queryKinds, json: 'flag', width: 'text' } as const

/**
 * @param defaultFile - where traces are when no file is named
 * @returns the exit code
 * @throws UsageError, LoadError
 */
export const traceShow = async (
  args: readonly string[],
  defaultFile: string | undefined,
): Promise<number> => {
  const { positionals, options } = readArguments(args, kinds, 1)
  const query = readQuery(options)
  const { width, json, last } = options
  const columns = width === undefined ? widthOf(process.stdout) : readCount('width', width)
  const files = await filesOf(positionals[0], defaultFile)
  const found = await readable(() => findTraces(files, query)).finally(() => closeFiles(files))
  warn(found, last === undefined)
  const trees = found.traces.map(traceTree)
  if (query.order === 'latest') trees.reverse() // the latest is the last one, just above the prompt
  const style = styleOf(process.stdout)
  return print(json === true ? trees.map(traceJson) : drawn(trees, columns, style))
}

/** One trace, as soon as it has been written. */
export const drawnTrace = async (
  file: string,
  traceId: string,
  stream: WriteStream,
): Promise<string | undefined> => {
  const files = await openFiles(await traceFilesOf(file))
  const query = {
    idPrefix: traceId,
    onlyErrors: false,
    minMs: 0,
    order: 'latest',
    most: 1,
  } as const
  const { traces } = await findTraces(files, query).finally(() => closeFiles(files))
  const [text] = drawn(traces.map(traceTree), widthOf(stream), styleOf(stream))
  return text
}

const filesOf = async (
  path: string | undefined,
  defaultFile: string | undefined,
): Promise<readonly OpenFile[]> => {
  if (path === '-') return readable(async () => [await spooled('stdin', process.stdin)])
  const file = path ?? defaultFile
  const files =
    file === undefined ? [] : await readable(async () => openFiles(await traceFilesOf(file)))
  if (files.length > 0) return files
  if (path === undefined) throw new UsageError(`There are no traces yet. ${howToRecord}`)
  const meant = /^[0-9a-f]{4,32}…?$/i.test(path) ? ` Did you mean --id ${path}?` : ''
  throw new UsageError(
    `There are no traces in ${path}: there is no such file.${meant} ${howToRecord}`,
  )
}

const howToRecord =
  'To record one: sidestream call ENGINE METHOD --trace; or to record all: set telemetry.file.path in the config'

const readable = async <T>(read: () => Promise<T>): Promise<T> => {
  try {
    return await read()
  } catch (error) {
    throw new LoadError(`The traces cannot be read: ${(error as Error).message}`)
  }
}

/** @param isDefault - it was not said how many traces to show */
const warn = ({ traces, matches, badLines, firstBad }: FoundTraces, isDefault: boolean): void => {
  const say = (text: string): void => void process.stderr.write(`sidestream trace: ${text}\n`)
  if (badLines > 0) {
    const lines = badLines === 1 ? '1 line was' : `${badLines} lines were`
    say(
      `${lines} skipped, as no traces or cut off: ${badLines === 1 ? '' : 'the first is '}${firstBad}`,
    )
  }
  if (matches === 0) say('No trace was found')
  else if (matches > traces.length && isDefault)
    say(`These are ${traces.length} of ${matches} traces. --last N shows more`)
}

const drawn = (trees: readonly TraceTree[], columns: number, style: Style): readonly string[] => {
  const names = new Map(
    trees.flatMap(({ spans }) => spans.map((it) => [`${it.traceId} ${it.spanId}`, it.name])),
  )
  const nameOf: NameOf = ({ traceId, spanId }) => names.get(`${traceId} ${spanId}`)
  return trees.map(
    (tree, index) => `${index === 0 ? '' : '\n'}${waterfall(tree, nameOf, style, columns)}`,
  )
}

/** One after the other, as nobody may read them to the end. */
const print = async (texts: readonly string[]): Promise<number> => {
  const { stdout } = process
  stdout.on('error', () => {}) // told to the callback, too
  for (const text of texts) {
    const error = await new Promise<Error | null | undefined>((written) =>
      stdout.write(`${text}\n`, written),
    )
    if (error) return (await import('./with-engine.js')).afterWriteError(error)
  }
  return 0
}
