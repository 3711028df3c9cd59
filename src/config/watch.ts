/** Notices that a config file has changed: written, renamed into place, or a link to it turned. */
import { realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Clock, Timer } from '../ports/clock.js'
import { bytesOf } from './config-file.js'
import { type FolderWatch, folderWatch } from './folder-watch.js'

/** A file is read when it has been the same for so long: who writes it may be half-way. */
const settleMs = 100

export interface FileWatchPorts {
  readonly clock: Clock
  /** The file has another content than was known or told, and has had it for a while. */
  readonly onChange: () => void
  /** Changes may go unnoticed, until {@link FileWatch.follow} is called and can watch again. Told once until then. */
  readonly onError: (error: unknown) => void
}

export interface FileWatch {
  /**
   * Follows this file from now on, whose content is known to be `text`; undefined follows none. Cheap when nothing has
   * changed: called after every look at the config.
   *
   * @param file - absolute
   * @param text - without byte order mark
   */
  follow(file: string | undefined, text: string): void
  stop(): void
}

/**
 * Watches the folder of a file, and that of what it is a link to: a file that is renamed into place is another one than
 * was watched. An empty file counts as half-written; one that is gone, or no regular file, as not there yet.
 */
export const fileWatch = ({ clock, onChange, onError }: FileWatchPorts): FileWatch => {
  const folders = new Map<string, FolderWatch>()
  let file: string | undefined
  let known = ''
  /** What was known or told last: a content that was rejected is not told again, and its repair is. */
  let last = ''
  let candidate: string | undefined
  let target: string | undefined
  let timer: Timer | undefined
  let hasFailed = false

  const later = (): void => {
    timer ??= clock.setTimer(look, settleMs)
  }
  const look = (): void => {
    timer = undefined
    if (file === undefined) return
    watchFolders(file) // before it is read: what comes after that is told by an event
    const now = contentOf(file)
    if (now === undefined || now.trim() === '' || now === last) {
      candidate = undefined
    } else if (now === candidate) {
      last = now
      candidate = undefined
      onChange()
    } else {
      candidate = now
      later()
    }
  }
  const watchFolders = (path: string): void => {
    target = targetOf(path) ?? target // where it was, while it is gone
    keepOnly(new Set([path, target ?? path].map((it) => dirname(it))))
    const faults = [...folders.values()].map((folder) => folder.check())
    const fault = faults.find((it) => it !== undefined)
    const isNew = !hasFailed
    hasFailed = fault !== undefined
    if (hasFailed && isNew) onError(fault)
  }
  const keepOnly = (wanted: ReadonlySet<string>): void => {
    for (const [path, folder] of folders) {
      if (wanted.has(path)) continue
      folder.close()
      folders.delete(path)
    }
    for (const path of wanted) {
      if (!folders.has(path)) folders.set(path, folderWatch(path, later))
    }
  }
  const stop = (): void => {
    file = undefined
    keepOnly(new Set())
    if (timer !== undefined) clock.clearTimer(timer)
    timer = undefined
  }

  return {
    follow(next, text) {
      if (next === undefined) return stop()
      const isSame = next === file && text === known
      if (isSame && !hasFailed) return
      if (next !== file) target = undefined
      if (!isSame) {
        last = text
        candidate = undefined
      }
      file = next
      known = text
      later() // it may have changed since it was read
    },
    stop,
  }
}

const targetOf = (file: string): string | undefined => {
  try {
    return realpathSync(file)
  } catch {
    return undefined // gone for the moment
  }
}

/** Decoded as the config is, but for bytes that are no text: who reads the file tells of them. */
const contentOf = (file: string): string | undefined => {
  try {
    return new TextDecoder().decode(bytesOf(file, 'again').bytes)
  } catch {
    return undefined // gone for the moment
  }
}
