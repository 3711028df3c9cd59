/** Recordings for the test engine `listener`, and the command that transcribes them. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { folderOf, type Running, start } from './sidestream.js'

export const listener = fileURLToPath(new URL('engines/listener.js', import.meta.url))

export interface Recording {
  readonly duration?: number
  readonly segments?: readonly object[]
  /** What goes wrong with it. */
  readonly does?: 'wait' | 'die' | 'die once' | 'fail' | 'nonsense'
  /** A file that gets what the engine was asked. */
  readonly asked?: string
  /** A file that gets the id of the process. */
  readonly pid?: string
  readonly warnings?: readonly object[]
}

export const hello = {
  ...{ start: 0.5, end: 2.5, text: 'Hello, world.' },
  words: [
    { start: 0.5, end: 1, word: ' Hello,' },
    { start: 1.5, end: 2.5, word: ' world.' },
  ],
}
export const helloSrt = '1\n00:00:00,500 --> 00:00:02,700\nHello, world.\n'

export interface Studio {
  readonly folder: string
  path(name: string): string
  record(name: string, recording?: Recording): void
  read(name: string): string
  start(...args: readonly string[]): Running
  readonly env: Readonly<Record<string, string>>
}

/** A folder of recordings, and a state folder of its own. */
export const studio = (env: Readonly<Record<string, string>> = {}): Studio => {
  const folder = folderOf({})
  const path = (name: string): string => join(folder, name)
  const own = {
    XDG_STATE_HOME: path('state'),
    XDG_DATA_HOME: path('data'),
    XDG_RUNTIME_DIR: path('run'),
  }
  for (const name of ['out', 'run']) mkdirSync(path(name))
  return {
    folder,
    path,
    record: (name, recording = {}) =>
      writeFileSync(path(name), JSON.stringify({ duration: 4, segments: [hello], ...recording })),
    read: (name) => readFileSync(path(name), 'utf8'),
    start: (...args) =>
      start(['transcribe', '--engine', listener, ...args], { env: { ...own, ...env } }),
    env: { ...own, ...env },
  }
}

/** Lines of JSON that were printed. */
export const events = (stdout: string): readonly Readonly<Record<string, unknown>>[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
