/** Watches a folder by its path: it may be deleted and made again, swapped by a rename, or a link that is turned. */
import { type FSWatcher, statSync, watch } from 'node:fs'
import { basename, dirname } from 'node:path'

export interface FolderWatch {
  /**
   * Watches what is there now; cheap when that is watched already.
   *
   * @returns why changes may go unnoticed. A folder that is gone is no fault while its parent can be watched.
   */
  check(): unknown
  close(): void
}

/** @param onEvent - something in the folder has changed, or another folder is there now */
export const folderWatch = (folder: string, onEvent: () => void): FolderWatch => {
  const own = pathWatch(folder, onEvent)
  const above = dirname(folder)
  const names = [basename(folder), basename(above)] // the second is told when the parent itself is moved
  const parent = pathWatch(above, onEvent, names)
  return {
    check() {
      const parentFault = parent.check() // first: the folder may be made in between
      const fault = own.check()
      return isGone(fault) && parentFault === undefined ? undefined : fault
    },
    close() {
      own.close()
      parent.close()
    },
  }
}

/** @param names - entries whose events count; without them, all do */
const pathWatch = (path: string, onEvent: () => void, names?: readonly string[]): FolderWatch => {
  let watcher: FSWatcher | undefined
  let identity: string | undefined
  const close = (): void => {
    watcher?.close()
    watcher = undefined
    identity = undefined
  }
  const heard = (_: string, name: string | null): void => {
    if (name === null || names === undefined || names.includes(name)) onEvent()
  }
  return {
    check() {
      try {
        const now = identityOf(path)
        if (now === identity) return undefined
        close()
        watcher = watch(path, { persistent: false }, heard)
        watcher.on('error', () => {
          close()
          onEvent()
        })
        identity = now
        onEvent() // it may have been replaced since its identity was read
        return undefined
      } catch (error) {
        close()
        return error
      }
    },
    close,
  }
}

/** A number of an inode is soon given to another folder, so that the time of birth belongs to it. */
const identityOf = (path: string): string => {
  const { dev, ino, birthtimeMs } = statSync(path)
  return `${dev}:${ino}:${birthtimeMs}`
}

const isGone = (error: unknown): boolean => {
  const { code } = (error ?? {}) as NodeJS.ErrnoException
  return code === 'ENOENT' || code === 'ENOTDIR'
}
