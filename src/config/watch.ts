/** Notices that a config file has changed: written, renamed into place, or a link to it turned. */
import { type FSWatcher, readFileSync, realpathSync, watch } from 'node:fs'
import { dirname } from 'node:path'
import type { Clock, Timer } from '../ports/clock.js'

/** A file is read when it has been the same for so long: who writes it may be half-way. */
const settleMs = 100

export interface Watching {
  readonly clock: Clock
  /** The content that is known. */
  readonly text: string
  /** The file has another content, and has had it for a while. */
  readonly onChange: () => void
  /** Changes will not be noticed any more. */
  readonly onError: (error: unknown) => void
}

/**
 * Watches the folder of a file, and that of what it is a link to: a file that is renamed into place is another one than
 * was watched. An empty file counts as half-written.
 *
 * @returns stops watching
 */
export const watchFile = (
  file: string,
  { clock, text, onChange, onError }: Watching,
): (() => void) => {
  let known = text
  let candidate: string | undefined
  let timer: Timer | undefined
  const look = (): void => {
    timer = undefined
    const now = contentOf(file)
    if (now === undefined || now.trim() === '' || now === known) {
      candidate = undefined
    } else if (now === candidate) {
      known = now
      candidate = undefined
      onChange()
    } else {
      candidate = now
      later()
    }
  }
  const later = (): void => {
    timer ??= clock.setTimer(look, settleMs)
  }
  const watchers: FSWatcher[] = []
  const stop = (): void => {
    for (const watcher of watchers) watcher.close()
    if (timer !== undefined) clock.clearTimer(timer)
  }
  const failed = (error: unknown): void => {
    stop()
    onError(error)
  }
  try {
    for (const folder of foldersOf(file)) {
      const watcher = watch(folder, { persistent: false }, later)
      watchers.push(watcher)
      watcher.on('error', failed)
    }
    later() // it may have changed since it was read
  } catch (error) {
    failed(error)
  }
  return stop
}

const foldersOf = (file: string): ReadonlySet<string> => {
  const folders = new Set([dirname(file)])
  try {
    folders.add(dirname(realpathSync(file)))
  } catch {} // gone for the moment
  return folders
}

const contentOf = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined // gone for the moment
  }
}
