/** Two sockets that are connected with each other, one of them for a child process. Node has no `socketpair()`. */
import { once } from 'node:events'
import { fstatSync, mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface SocketPair {
  readonly ours: Socket
  /** To be handed to a child, and destroyed then. */
  readonly theirs: Socket
  /** By which the child knows its end again: `device:inode`. */
  readonly name: string
}

/** @returns undefined where that cannot be: on Windows, or without a temporary folder */
export const socketPair = async (): Promise<SocketPair | undefined> => {
  if (process.platform === 'win32') return undefined
  let folder: string | undefined
  const server = createServer()
  try {
    folder = mkdtempSync(join(tmpdir(), 'sidestream-')) // nobody else may look into it, so nobody else connects
    const path = join(folder, 's')
    server.listen(path)
    await once(server, 'listening')
    const theirs = connect(path).pause()
    const [[ours]] = (await Promise.all([once(server, 'connection'), once(theirs, 'connect')])) as [
      [Socket],
      unknown,
    ]
    const { dev, ino } = fstatSync(descriptorOf(theirs))
    return { ours, theirs, name: `${dev}:${ino}` }
  } catch {
    return undefined
  } finally {
    server.close()
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
  }
}

/** What Node has no name for, though it hands it to child processes. */
const descriptorOf = (socket: Socket): number =>
  (socket as unknown as { readonly _handle: { readonly fd: number } })._handle.fd
