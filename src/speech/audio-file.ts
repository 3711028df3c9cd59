/** Files that requests name. */
import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { AudioInput } from '../models/audio.js'
import { rpcError } from '../protocol/rpc-error.js'

/**
 * The same audio; a path is made absolute, from the engine's working directory.
 *
 * @throws RpcError, AudioNotFound or AudioInvalid, for what is no file
 */
export const foundAudio = (audio: AudioInput): AudioInput => {
  if (!('path' in audio)) return audio
  const path = resolve(audio.path)
  if (kindAt(path) === 'folder')
    throw rpcError('AudioInvalid', `${path} is a folder: give the path of a file in it`, { path })
  return { path }
}

const kindAt = (path: string): 'folder' | 'other' => {
  try {
    return statSync(path).isDirectory() ? 'folder' : 'other'
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException
    const reason = code === 'ENOENT' || code === 'ENOTDIR' ? 'there is no such file' : code
    const message = `${path} cannot be read: ${reason}. A path is taken from the engine's working directory`
    throw rpcError('AudioNotFound', message, { path })
  }
}
