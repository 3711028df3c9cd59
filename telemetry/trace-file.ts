/** Files of OTLP/JSON lines: found, opened, and read as often as it takes. */
import { randomUUID } from 'node:crypto'
import { type FileHandle, open, readdir, stat, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import type { Frame } from '../src/protocol/frame.js'
import { NdjsonDecoder } from '../src/protocol/ndjson.js'

/** A file as it was when it was opened: it may grow, be renamed or be removed while it is read. */
export interface OpenFile {
  readonly name: string
  readonly handle: FileHandle
  readonly bytes: number
}

/** A line that is longer is none of a trace's. */
const maxLineBytes = 64 * 1024 * 1024
const chunkBytes = 256 * 1024

/**
 * The files that are meant by a path, the oldest first: those of a folder whose names have `.jsonl` in them, or a file
 * with those that were put aside when it was full, NAME.1 and so on.
 *
 * @returns none when there are none
 */
export const traceFilesOf = async (path: string): Promise<readonly string[]> => {
  const stats = await stat(path).catch(orMissing)
  if (stats?.isDirectory() === true) {
    const entries = await readdir(path, { withFileTypes: true })
    return entries
      .filter((entry) => !entry.isDirectory() && /\.jsonl(\.\d+)?$/.test(entry.name))
      .map(({ name }) => name)
      .sort(byAge)
      .map((name) => join(path, name))
  }
  const folder = dirname(path)
  const beside = await readdir(folder).catch(orMissing)
  const start = `${basename(path)}.`
  const aside = (beside ?? [])
    .filter((name) => name.startsWith(start) && /^\d+$/.test(name.slice(start.length)))
    .sort(byAge)
    .map((name) => join(folder, name))
  return stats === undefined ? aside : [...aside, path]
}

const orMissing = (error: NodeJS.ErrnoException): undefined => {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
  throw error
}

const ageOf = (name: string): number => Number(/\.(\d+)$/.exec(name)?.[1] ?? 0)
const byAge = (a: string, b: string): number => ageOf(b) - ageOf(a) || (a < b ? -1 : 1)

/** Opened at once, so that none is missed when they are rotated meanwhile. */
export const openFiles = async (paths: readonly string[]): Promise<readonly OpenFile[]> => {
  const files: OpenFile[] = []
  for (const name of paths) {
    const handle = await open(name).catch(orMissing) // it was one too many since
    if (handle === undefined) continue
    const stats = await handle.stat()
    files.push(
      stats.isFile()
        ? { name, handle, bytes: stats.size }
        : await spooled(name, handle.createReadStream()),
    )
  }
  return files
}

/** A pipe can be read once: what comes out of it is kept in a file that nobody else can open. */
export const spooled = async (name: string, input: Readable): Promise<OpenFile> => {
  const path = join(tmpdir(), `sidestream-trace-${randomUUID()}`)
  const handle = await open(path, 'wx+', 0o600)
  await unlink(path)
  await writeFile(handle, input)
  return { name, handle, bytes: (await handle.stat()).size }
}

export const closeFiles = async (files: readonly OpenFile[]): Promise<void> => {
  for (const { handle } of files) await handle.close()
}

export interface Line {
  /** Undefined for one that is no text, or is too long. */
  readonly text: string | undefined
  /** `FILE:LINE`, where blank lines do not count. */
  readonly at: string
}

export async function* linesOf(files: readonly OpenFile[]): AsyncGenerator<Line> {
  for (const { name, handle, bytes } of files) {
    let line = 0
    for await (const frame of framesOf(handle, bytes)) {
      line += 1
      yield { text: typeof frame === 'string' ? frame : undefined, at: `${name}:${line}` }
    }
  }
}

async function* framesOf(handle: FileHandle, bytes: number): AsyncGenerator<Frame> {
  const decoder = new NdjsonDecoder(maxLineBytes)
  const chunk = Buffer.allocUnsafe(chunkBytes)
  for (let position = 0; position < bytes; ) {
    const most = Math.min(chunkBytes, bytes - position)
    const { bytesRead } = await handle.read(chunk, 0, most, position)
    if (bytesRead === 0) break // it was made shorter
    position += bytesRead
    yield* decoder.push(chunk.subarray(0, bytesRead))
  }
  yield* decoder.end()
}
