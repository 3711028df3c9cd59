/** Where transcripts go: whether they may, and that they do. */
import { access, constants, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { TranscribeResult } from '../models/transcribe-result.js'
import { makeFolder } from '../platform/folders.js'
import type { Failure } from './transcribe-events.js'
import { isDiskFull, outputFailure } from './transcribe-failure.js'
import { contentFor } from './transcribe-file.js'
import type { Run } from './transcribe-run.js'
import type { Source, Target } from './transcribe-sources.js'
import { type FileMark, markOf, writeWhole } from './whole-file.js'

/** What is left to do; the rest has been told. It is known before hours are spent on what could not be written. */
export const sifted = async (sources: readonly Source[], run: Run): Promise<readonly Source[]> => {
  const todo: Source[] = []
  for (const source of sources) {
    const { name, targets } = source
    if (!run.options.isOverwriting && (await run.journal.isDone(source))) {
      run.tell({ type: 'skipped', file: name, outputs: targets.map((target) => target.name) })
      continue
    }
    const failure = await obstacle(source, run)
    if (failure === undefined) todo.push(source)
    else run.fail(name, failure)
  }
  return todo
}

const obstacle = async (source: Source, run: Run): Promise<Failure | undefined> => {
  const unread = await unreadable(source.path)
  if (unread !== undefined) return { kind: 'AudioNotFound', message: unread }
  for (const target of source.targets) {
    try {
      makeFolder(dirname(target.path), 0o777)
      await access(dirname(target.path), constants.W_OK)
      const refusal = await refusalOf(target, run)
      if (refusal !== undefined) return refusal
    } catch (error) {
      return outputFailure(target.name, error as NodeJS.ErrnoException)
    }
  }
  return undefined
}

const unreadable = async (path: string): Promise<string | undefined> => {
  try {
    await access(path, constants.R_OK)
    return undefined
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException
    const isMissing = ['ENOENT', 'ENOTDIR'].includes(code)
    return isMissing ? 'there is no such file' : `it cannot be read: ${message}`
  }
}

/** What others have written stays, unless it was said otherwise. */
const refusalOf = async (
  target: Target,
  { journal, options }: Run,
): Promise<Failure | undefined> => {
  const { name, path } = target
  if ((await markOf(path)) === undefined) return undefined
  if ((await stat(path)).isDirectory())
    return { kind: 'OutputFailed', message: `${name} is a folder` }
  if (options.isOverwriting || (await journal.isOurs(target))) return undefined
  return {
    kind: 'OutputExists',
    message: `${name} is there already, and was not written by this command, or was changed since`,
    hint: 'To overwrite it: --overwrite. To write elsewhere: --output DIR',
  }
}

/**
 * @param mark - of the source when it was begun
 * @returns whether all could be written; if not, that has been told
 */
export const written = async (
  source: Source,
  mark: FileMark | undefined,
  result: TranscribeResult,
  run: Run,
): Promise<boolean> => {
  const { options, journal } = run
  if (options.output === '-')
    for (const format of options.formats) run.print(contentFor(format, result, options))
  for (const target of source.targets) {
    let failure = await refusalOf(target, run)
    try {
      if (failure === undefined) {
        const file = await writeWhole(target.path, contentFor(target.format, result, options))
        if (mark !== undefined) journal.add(source, mark, target, file)
      }
    } catch (error) {
      failure = outputFailure(target.name, error as NodeJS.ErrnoException)
      if (isDiskFull(error as NodeJS.ErrnoException)) run.stop({ what: 'disk full' })
    }
    if (failure !== undefined) {
      run.fail(source.name, failure)
      return false
    }
  }
  return true
}
