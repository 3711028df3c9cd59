/** What is in folders that others fill. */
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

export const isFolder = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isDirectory() ?? false

/** Of files, also those that links lead to; none where it cannot be read. */
export const filesIn = async (folder: string): Promise<ReadonlyMap<string, number>> => {
  const names = await readdir(folder).catch(() => [])
  const sized = await Promise.all(
    names.map(
      async (name) => [name, await stat(join(folder, name)).catch(() => undefined)] as const,
    ),
  )
  return new Map(
    sized.flatMap(([name, stats]) => (stats?.isFile() ? [[name, stats.size] as const] : [])),
  )
}

/** Of all files below it, in bytes; links are not followed. */
export const sizeOf = async (folder: string): Promise<number> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  let bytes = 0
  for (const entry of entries) {
    if (!entry.isFile()) continue
    bytes += (await stat(join(entry.parentPath, entry.name)).catch(() => undefined))?.size ?? 0
  }
  return bytes
}

/** Makes it, or removes what is in it. */
export const emptied = async (folder: string): Promise<void> => {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true, mode: 0o700 })
}
