/** Opens what a request is about. */
import { randomUUID } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { AudioInput, Clip } from '../../models/audio.js'
import { isRpcError, rpcError } from '../../protocol/rpc-error.js'
import { type Bytes, fileBytes, memoryBytes } from './bytes.js'
import { audioInvalid } from './failures.js'
import { hasFfmpeg, openByFfmpeg } from './ffmpeg.js'
import { toMono } from './samples.js'
import { type Audio, openWave } from './wave.js'

/**
 * Wave files are read here; what else there is, by ffmpeg, if it is installed.
 *
 * @param folder - that is not there yet: for a file of it while ffmpeg reads, removed by `close()`. Default: one in that of the system
 * @throws RpcError AudioNotFound, AudioInvalid, InvalidParams when the clip begins behind the end
 */
export const openAudio = async (
  input: AudioInput,
  clip?: Clip,
  folder = join(tmpdir(), `sidestream-audio-${randomUUID()}`),
): Promise<Audio> => {
  const audio = await openWhole(input, folder)
  if (clip === undefined) return audio
  const start = clip.start ?? 0
  if (start === 0 || start < audio.duration) return audio
  audio.close()
  const message = `The clip begins at ${start} s, but the audio ends at ${audio.duration.toFixed(3)} s`
  throw rpcError('InvalidParams', message, { start, duration: audio.duration })
}

const openWhole = async (input: AudioInput, folder: string): Promise<Audio> => {
  if ('path' in input)
    return openBytes(fileBytes(input.path), () => openByFfmpeg(resolve(input.path)))
  if ('base64' in input) {
    const bytes = decoded('The audio in base64', input.base64)
    return openBytes(memoryBytes('The audio in base64', bytes), () => openSaved(bytes, folder))
  }
  return openPcm(decoded('The audio in pcm16Base64', input.pcm16Base64), input.sampleRate)
}

const openBytes = async (bytes: Bytes, byFfmpeg: () => Promise<Audio>): Promise<Audio> => {
  try {
    return openWave(bytes)
  } catch (error) {
    bytes.close()
    if (!isRpcError(error) || !isForFfmpeg(error.facts['reason'])) throw error
    if (hasFfmpeg()) return byFfmpeg()
    const message = `${error.message} Or install ffmpeg: then this is done for you.`
    throw rpcError(error.kind, message, { ...error.facts, hint: 'install ffmpeg' })
  }
}

const isForFfmpeg = (reason: unknown): boolean => reason === 'not-wave' || reason === 'unsupported'

/** Some formats have their index at the end, so ffmpeg wants a file. */
const openSaved = async (bytes: Buffer, folder: string): Promise<Audio> => {
  mkdirSync(folder, { mode: 0o700 })
  const remove = () => rmSync(folder, { recursive: true, force: true })
  try {
    const path = join(folder, 'audio')
    writeFileSync(path, bytes)
    return await openByFfmpeg(path, remove)
  } catch (error) {
    remove()
    throw error
  }
}

const decoded = (name: string, text: string): Buffer => {
  if (/[^A-Za-z0-9+/=\s]/.test(text))
    throw audioInvalid(name, 'not-base64', 'holds characters that base64 has not. Encode it again.')
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length === 0) throw audioInvalid(name, 'empty', 'is empty. Record it again.')
  return bytes
}

const openPcm = (bytes: Buffer, sampleRate: number): Audio => {
  const samples = Math.floor(bytes.length / 2)
  if (bytes.length % 2 !== 0)
    throw audioInvalid('The audio in pcm16Base64', 'truncated', 'ends with half a sample.')
  return {
    sampleRate,
    duration: samples / sampleRate,
    *blocks() {
      for (let at = 0; at < bytes.length; at += 2 * sampleRate)
        yield toMono(bytes.subarray(at, at + 2 * sampleRate), 'int16', 1)
    },
    close: () => {},
  }
}
