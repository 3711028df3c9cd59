/** What is wrong with audio, in sentences. */
import { resolve } from 'node:path'
import { type RpcError, rpcError } from '../../protocol/rpc-error.js'

export type AudioFault =
  | 'empty'
  | 'truncated'
  | 'not-wave'
  | 'unsupported'
  | 'not-audio'
  | 'not-base64'

export const convert =
  'Convert it, for example: ffmpeg -i INPUT -ar 16000 -ac 1 -c:a pcm_s16le OUTPUT.wav'

/**
 * @param name - the path, or what the audio is called that has none
 * @param sentence - goes on from the name
 */
export const audioInvalid = (
  name: string,
  reason: AudioFault,
  sentence: string,
  facts: Readonly<Record<string, unknown>> = {},
): RpcError => rpcError('AudioInvalid', `${name} ${sentence}`, { path: name, reason, ...facts })

/** @param error - of the file system */
export const audioNotFound = (path: string, error: unknown): RpcError => {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return rpcError(
      'AudioNotFound',
      `There is no file at ${path}. Check the path; relative ones start at ${resolve()}.`,
      { path, reason: 'missing' },
    )
  return rpcError(
    'AudioNotFound',
    `${path} cannot be read: ${message}. Check its permissions and that its disk is there.`,
    { path, reason: 'unreadable', errorCode: code },
  )
}

export const notAFile = (path: string, what: string): RpcError =>
  rpcError(
    'AudioNotFound',
    `There is no audio at ${path}: it is ${what}. Give the path of a regular file.`,
    { path, reason: 'not-a-file' },
  )
