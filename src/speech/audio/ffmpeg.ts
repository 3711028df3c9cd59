/** Audio that only ffmpeg can read, from its output: 16 kHz, one channel. */
import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { audioInvalid } from './failures.js'
import { toMono } from './samples.js'
import type { Audio } from './wave.js'

const sampleRate = 16_000
/** Of what ffmpeg prints, in characters. */
const tailLength = 4000

export const hasFfmpeg = (): boolean => spawnSync('ffmpeg', ['-version']).status === 0

/**
 * @param path - absolute
 * @param done - when nobody reads it any more
 * @throws RpcError AudioInvalid when ffmpeg cannot read it
 */
export const openByFfmpeg = async (path: string, done: () => void = () => {}): Promise<Audio> => {
  const duration = await durationOf(path)
  const running = new Set<Decoding>()
  return {
    sampleRate,
    duration,
    blocks: () => {
      const decoding = start(path)
      running.add(decoding)
      return blocksOf(path, decoding)
    },
    close: () => {
      for (const decoding of running) decoding.kill()
      done()
    },
  }
}

const durationOf = async (path: string): Promise<number> => {
  const probe = start(path)
  try {
    const isRead = await endOfHeader(probe)
    if (!isRead) throw notAudio(path, await probe.failed)
    return durationIn(probe.printed()) ?? (await countedDuration(path, probe))
  } finally {
    probe.kill()
  }
}

interface Decoding {
  readonly output: Readable
  readonly printed: () => string
  /** What it printed last, if it has failed. */
  readonly failed: Promise<string | undefined>
  readonly kill: () => void
}

/** `file:` and the list of protocols keep a playlist from making ffmpeg fetch something. */
const start = (path: string): Decoding => {
  const args = ['-nostdin', '-hide_banner', '-nostats', '-protocol_whitelist', 'file,pipe,data']
  const output = ['-vn', '-f', 's16le', '-ac', '1', '-ar', String(sampleRate), 'pipe:1']
  const child: ChildProcessByStdio<null, Readable, Readable> = spawn(
    'ffmpeg',
    [...args, '-i', `file:${path}`, ...output],
    { stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true },
  )
  child.stdout.on('readable', () => {}) // else Node throws away at the exit what nobody has read yet
  let printed = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    printed = (printed + text).slice(-tailLength)
  })
  const failed = once(child, 'close').then(
    ([code]) => (code === 0 ? undefined : printed),
    (error: Error) => error.message,
  )
  return {
    output: child.stdout,
    printed: () => printed,
    failed,
    kill: () => child.kill('SIGKILL'),
  }
}

/** What it says of the input stands before the first sample. @returns whether there is one, or a good end */
const endOfHeader = async ({ output, failed }: Decoding): Promise<boolean> => {
  const first = await Promise.race([once(output, 'readable').then(() => true), failed])
  await setImmediate() // what it has printed before has come with it, but may not have been read
  return first === true
    ? output.readableLength > 0 || (await failed) === undefined
    : first === undefined
}

/** In seconds, or undefined when the format does not tell, or ffmpeg has guessed: it may be half of what there is. */
const durationIn = (printed: string): number | undefined => {
  if (printed.includes('this may be inaccurate')) return undefined
  const [, hours, minutes, seconds] = /Duration: (\d+):(\d+):(\d+\.\d+)/.exec(printed) ?? []
  if (seconds === undefined) return undefined
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
}

const countedDuration = async (path: string, decoding: Decoding): Promise<number> => {
  let samples = 0
  for await (const block of blocksOf(path, decoding)) samples += block.length
  return samples / sampleRate
}

async function* blocksOf(path: string, { output, failed, kill }: Decoding) {
  try {
    let rest = Buffer.alloc(0)
    for await (const chunk of output) {
      const bytes = Buffer.concat([rest, chunk as Buffer])
      const even = bytes.length - (bytes.length % 2)
      rest = bytes.subarray(even)
      if (even > 0) yield toMono(bytes.subarray(0, even), 'int16', 1)
    }
    const printed = await failed
    if (printed !== undefined) throw notAudio(path, printed)
  } finally {
    kill()
  }
}

const notAudio = (path: string, printed = '') => {
  const said = printed.trim().split('\n').at(-1)?.replace(`file:${path}`, path) ?? ''
  return audioInvalid(
    path,
    'not-audio',
    `is not audio that ffmpeg can read (${said}). Give a recording, or a video with sound.`,
  )
}
