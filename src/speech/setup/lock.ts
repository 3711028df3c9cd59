/** One at a time: a file that tells who is at work. That of a process which has ended counts for nothing. */
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { makeFolder } from '../../platform/folders.js'
import { pidNamespace, startTimeOf } from '../../platform/process-table.js'
import type { RpcError } from '../../protocol/rpc-error.js'
import { setupFailure } from './failures.js'

interface Holder {
  readonly pid: number
  /** Undefined where nobody tells. */
  readonly startTime?: string
  readonly pidNamespace: string
}

/** Whoever needs longer for the few steps of taking it has ended on the way, in milliseconds. */
const takingMs = 10_000

/** @returns what releases it; or DependencyMissing that tells who has it */
export const takeLock = (file: string, what: string): E.Either<RpcError, () => void> => {
  makeFolder(dirname(file))
  // Two that find a dead holder must not both take its place.
  const guard = `${file}.taking`
  if (!makeGuard(guard)) return E.left(taken(what, file))
  try {
    const holder = holderIn(file)
    if (holder !== undefined && isAtWork(holder)) return E.left(taken(what, file, holder))
    const startTime = startTimeOf(process.pid)
    const own: Holder = {
      pid: process.pid,
      ...(startTime !== undefined && { startTime }),
      pidNamespace: pidNamespace(),
    }
    writeFileSync(file, JSON.stringify(own))
    return E.right(() => rmSync(file, { force: true }))
  } finally {
    rmSync(guard, { recursive: true, force: true })
  }
}

const taken = (what: string, file: string, holder?: Holder): RpcError => {
  const who = holder === undefined ? 'Another process' : `Another process (${holder.pid})`
  const isElsewhere = holder !== undefined && holder.pidNamespace !== pidNamespace()
  const advice = isElsewhere
    ? `Wait for it; if that container is gone, remove ${file}`
    : 'Wait for it, or end it.'
  const facts = holder === undefined ? {} : { pid: holder.pid }
  return setupFailure('locked', `${who} is at work on ${what}. ${advice}`, facts)
}

const makeGuard = (guard: string): boolean => {
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      mkdirSync(guard)
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      const age = Date.now() - (statSync(guard, { throwIfNoEntry: false })?.mtimeMs ?? 0)
      if (age < takingMs) return false
      rmSync(guard, { recursive: true, force: true })
    }
  }
  return false
}

const holderIn = (file: string): Holder | undefined => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined // none, or half of one that a full disk has left
  }
}

const isAtWork = (holder: Holder): boolean => {
  if (holder.pid === process.pid && holder.startTime === startTimeOf(process.pid)) return true
  if (holder.pidNamespace !== pidNamespace()) return true // in another container, where we cannot look
  if (holder.startTime !== undefined) return startTimeOf(holder.pid) === holder.startTime
  try {
    return process.kill(holder.pid, 0)
  } catch {
    return false
  }
}
