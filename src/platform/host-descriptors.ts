/** What our host gives an engine beside the standard streams: a socket for frames, and one for heartbeats. */
import { fstatSync } from 'node:fs'

export interface HostDescriptors {
  /** Where frames go in the place of stdout. */
  readonly channelFd: number | undefined
  /** Where the watching thread tells that the engine lives, and hears that the host does. */
  readonly beatFd: number | undefined
}

/** Takes what the host announced out of the environment: the engine's own children have other descriptors. */
export const takeHostDescriptors = (env: NodeJS.ProcessEnv = process.env): HostDescriptors => ({
  channelFd: take(env, 'SIDESTREAM_CHANNEL'),
  beatFd: take(env, 'SIDESTREAM_BEAT'),
})

const take = (env: NodeJS.ProcessEnv, name: string): number | undefined => {
  const text = env[name]
  if (text === undefined) return undefined
  delete env[name]
  const parts = /^(\d+):(\d+):(\d+)$/.exec(text)
  if (parts === null) return undefined
  const [fd, device, inode] = parts.slice(1).map(Number) as [number, number, number]
  return isSocket(fd, device, inode) ? fd : undefined
}

/** A wrapper such as npx passes the environment on, but not the descriptor, whose number is another file's then. */
const isSocket = (fd: number, device: number, inode: number): boolean => {
  try {
    const stats = fstatSync(fd)
    return stats.isSocket() && stats.dev === device && stats.ino === inode
  } catch {
    return false
  }
}
