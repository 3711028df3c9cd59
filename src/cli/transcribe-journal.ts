/** Which transcripts were written, of what and with which settings: what a run that is repeated need not do again. */
import { createHash } from 'node:crypto'
import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as t from 'io-ts'
import { makeFolder } from '../platform/folders.js'
import { stateFolder } from '../platform/text-files.js'
import type { Source, Target } from './transcribe-sources.js'
import { type FileMark, markOf } from './whole-file.js'

const Mark = t.type({ size: t.number, mtimeMs: t.number })
/** A line of the journal. */
const Entry = t.type({
  path: t.string,
  written: Mark,
  source: t.type({ path: t.string, mark: Mark }),
  settings: t.string,
})
type Entry = t.TypeOf<typeof Entry>

/** So many of the latest are kept when the file is tidied, which it is at twice as many. */
const most = 10_000

export class Journal {
  private readonly file: string
  private readonly settings: string
  private readonly entries: Map<string, Entry>

  /** @param settings - all that a transcript depends on, beside its audio */
  constructor(settings: object, file = join(stateFolder(), 'transcripts.jsonl')) {
    this.file = file
    this.settings = createHash('sha256').update(JSON.stringify(settings)).digest('base64url')
    this.entries = readEntries(file)
  }

  /** All of its transcripts are there, as they were written, and it would come to the same again. */
  async isDone({ path, targets }: Source): Promise<boolean> {
    const mark = await markOf(path)
    if (mark === undefined || targets.length === 0) return false
    for (const target of targets) {
      const entry = this.entries.get(target.path)
      const isSame =
        entry?.settings === this.settings &&
        entry.source.path === path &&
        isEqual(entry.source.mark, mark)
      if (!isSame || !(await this.isOurs(target))) return false
    }
    return true
  }

  /** It was written here, and nobody has changed it since. */
  async isOurs({ path }: Target): Promise<boolean> {
    const entry = this.entries.get(path)
    const mark = await markOf(path)
    return entry !== undefined && mark !== undefined && isEqual(entry.written, mark)
  }

  /** @param mark - of the source when it was begun */
  add({ path }: Source, mark: FileMark, target: Target, written: FileMark): void {
    const { settings } = this
    const entry: Entry = { path: target.path, written, source: { path, mark }, settings }
    this.entries.set(entry.path, entry)
    try {
      makeFolder(dirname(this.file))
      // A line break before it, too: a process that was killed may have left half a line.
      appendFileSync(this.file, `\n${JSON.stringify(entry)}\n`, { mode: 0o600 })
    } catch {
      // The transcript is there. Only a run that is repeated does not know it.
    }
  }
}

const isEqual = (a: FileMark, b: FileMark): boolean => a.size === b.size && a.mtimeMs === b.mtimeMs

const readEntries = (file: string): Map<string, Entry> => {
  const lines = textOf(file)
    .split('\n')
    .filter((line) => line !== '')
  if (lines.length > 2 * most) tidy(file, lines.slice(-most))
  return new Map(
    lines
      .map(parsed)
      .filter(Entry.is)
      .map((entry) => [entry.path, entry]),
  )
}

/** Without it, all is done anew. */
const textOf = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

const tidy = (file: string, lines: readonly string[]): void => {
  const aside = `${file}.${process.pid}.tmp`
  try {
    writeFileSync(aside, `${lines.join('\n')}\n`, { mode: 0o600 })
    renameSync(aside, file)
  } catch {
    // It may be tidied another time.
  }
}

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
