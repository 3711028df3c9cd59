/** Room on disk. */
import { statfs } from 'node:fs/promises'
import { makeFolder } from '../../platform/folders.js'
import { setupFailure } from './failures.js'

/** What is free for this user where a folder is, in bytes. */
export const roomIn = async (folder: string): Promise<number> => {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}

/** @throws RpcError when there is less than `bytes`, or the folder cannot be made */
export const checkRoom = async (folder: string, bytes: number): Promise<void> => {
  makeFolder(folder)
  const room = await roomIn(folder)
  if (room >= bytes) return
  const [free, needed] = [room, bytes].map((it) => `${Math.ceil(it / 1e6)} MB`)
  throw setupFailure(
    'disk-full',
    `${folder} has ${free} free, and ${needed} are needed. Make room, and run it again.`,
    { free: room, needed: bytes },
  )
}
