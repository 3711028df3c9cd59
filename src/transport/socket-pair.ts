/** Two sockets that are connected with each other, one of them for a child process. Node has no `socketpair()`. */
import { once } from 'node:events'
import { fstatSync, mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'

export interface SocketPair {
  readonly ours: Socket
  /** To be handed to a child, and destroyed then. */
  readonly theirs: Socket
  /** By which the child knows its end again: `device:inode`. */
  readonly name: string
}

/** As the address of a socket may be on macOS, in bytes; Linux has four more. Node cuts a longer one, and the socket lies elsewhere. */
const longestPath = 103
/** After so many turns of the event loop a connection is there, or never: nobody tells when there was no descriptor for it. */
const mostTurns = 10

/** @returns undefined where that cannot be: on Windows, without a temporary folder or descriptors */
export const socketPair = async (): Promise<SocketPair | undefined> => {
  if (process.platform === 'win32') return undefined
  let folder: string | undefined
  let theirs: Socket | undefined
  const server = createServer()
  try {
    folder = mkdtempSync(join(tmpdir(), 'sidestream-')) // nobody else may look into it, so nobody else connects
    const path = join(folder, 's')
    if (Buffer.byteLength(path) > longestPath) return undefined
    server.listen(path)
    await once(server, 'listening')
    theirs = connect(path).pause()
    const [[ours]] = (await Promise.all([
      Promise.race([once(server, 'connection'), missed(theirs)]),
      once(theirs, 'connect'),
    ])) as [[Socket], unknown]
    const { dev, ino } = fstatSync(descriptorOf(theirs))
    return { ours, theirs, name: `${dev}:${ino}` }
  } catch {
    theirs?.destroy()
    return undefined
  } finally {
    server.close()
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
  }
}

const missed = async (theirs: Socket): Promise<never> => {
  await once(theirs, 'connect')
  for (let turns = 0; turns < mostTurns; turns += 1) await nextTurn()
  throw new Error('The connection was not taken')
}

/** What Node has no name for, though it hands it to child processes. */
const descriptorOf = (socket: Socket): number =>
  (socket as unknown as { readonly _handle: { readonly fd: number } })._handle.fd
