/** Real speech with a reference: recordings of LibriVox, as Debian packages them. */
import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const debian = 'pocketsphinx-testdata'
const inPackage = 'usr/share/pocketsphinx/test/data/librivox'
const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'sidestream-speech')

/** The same five with silence between them, 32.7 s, as it lies among the samples. */
export const librivox = fileURLToPath(
  new URL('../../../samples/audio/librivox.wav', import.meta.url),
)

export interface Recording {
  readonly path: string
  /** What is said, in lower case and without punctuation. */
  readonly text: string
}

/** Five sentences of one reader, 16 kHz, 24.7 s in all. Without the package it is downloaded, which needs Debian. */
export const recordings = (): readonly Recording[] => {
  const folder =
    [join('/', inPackage), join(cache, debian, inPackage)].find(existsSync) ?? fetched()
  const texts = readFileSync(join(folder, 'transcription'), 'utf8')
  return [...texts.matchAll(/^<s> (.*) <\/s> \((.*)\)$/gm)].map(([, text = '', name = '']) => ({
    path: join(folder, `${name}.wav`),
    text,
  }))
}

const fetched = (): string => {
  mkdirSync(cache, { recursive: true })
  const unfinished = mkdtempSync(join(cache, 'unfinished-'))
  const run = (command: string, ...args: string[]): void =>
    void execFileSync(command, args, { cwd: unfinished, stdio: ['ignore', 'ignore', 'pipe'] })
  try {
    run('apt-get', 'update')
    run('apt-get', 'download', debian)
    const file = readdirSync(unfinished).find((name) => name.endsWith('.deb')) as string
    run('dpkg', '-x', file, 'x')
    rmSync(join(cache, debian), { recursive: true, force: true })
    renameSync(join(unfinished, 'x'), join(cache, debian))
  } finally {
    rmSync(unfinished, { recursive: true, force: true })
  }
  return join(cache, debian, inPackage)
}

/** The samples of a wave file that has one chunk before them, 16-bit mono at 16 kHz. */
export const samplesOf = (path: string): Buffer => {
  const bytes = readFileSync(path)
  const at = bytes.indexOf('data', 12, 'latin1')
  return bytes.subarray(at + 8, at + 8 + bytes.readUInt32LE(at + 4))
}

export const sampleRate = 16_000

/** Writes a wave file, and says how long it is, in seconds. */
export const writeWave = (path: string, parts: readonly Buffer[]): number => {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const head = Buffer.alloc(44)
  head.write('RIFF', 0, 'latin1')
  head.writeUInt32LE(36 + length, 4)
  head.write('WAVEfmt ', 8, 'latin1')
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20) // PCM
  head.writeUInt16LE(1, 22) // channels
  head.writeUInt32LE(sampleRate, 24)
  head.writeUInt32LE(2 * sampleRate, 28)
  head.writeUInt16LE(2, 32)
  head.writeUInt16LE(16, 34)
  head.write('data', 36, 'latin1')
  head.writeUInt32LE(length, 40)
  writeFileSync(path, Buffer.concat([head, ...parts]))
  return length / 2 / sampleRate
}
