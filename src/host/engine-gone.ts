/** What a request fails with when there is no engine to answer it. */
import type { ChildEnd } from '../ports/child.js'
import { type RpcError, rpcError } from '../protocol/rpc-error.js'

/** Whether a request reached the engine: what was handed to the system may have, what was not cannot. */
export type Delivery = 'never' | 'possible'

export interface Gone {
  readonly delivery: Delivery
  readonly stderr: readonly string[]
  /** A new process takes its place. */
  readonly restarting: boolean
}

/** @param isOurs - the host has ended it itself, which needs no explanation */
export const engineGone = (end: ChildEnd, gone: Gone, isOurs: boolean): RpcError => {
  const { how: _, ...facts } = end
  const hint = isOurs ? undefined : hintOf(end, gone.stderr)
  return rpcError('EngineGone', hint === undefined ? sentence(end) : `${sentence(end)}: ${hint}`, {
    ...facts,
    ...(hint !== undefined && { hint }),
    ...gone,
    ...(end.how === 'not-started' && { retryable: false }),
  })
}

/** The engine may still run, but there is no way to talk to it. */
export const engineLost = (reason: string, gone: Gone): RpcError =>
  rpcError('EngineGone', `The engine ${reason}`, { ...gone })

const sentence = (end: ChildEnd): string => {
  switch (end.how) {
    case 'exited':
      return `The engine has ended with exit code ${end.exitCode}`
    case 'killed':
      return `The engine was killed by ${end.signal}`
    case 'not-started':
      return `The engine could not be started: ${end.reason}`
  }
}

const outOfMemory = 'out of memory, likely; give it more, or a smaller model or batch'

/** What the ending of a process commonly means. */
export const hintOf = (end: ChildEnd, stderr: readonly string[]): string | undefined => {
  if (end.how === 'not-started') return undefined
  const signal = end.how === 'killed' ? end.signal : signalOfShell.get(end.exitCode)
  const isHeapFull = stderr.some((line) =>
    /heap out of memory|MemoryError|std::bad_alloc|Memory allocation still failed|Cannot allocate memory/.test(
      line,
    ),
  )
  if (isHeapFull) return outOfMemory
  switch (signal) {
    case 'SIGILL':
      return 'the CPU lacks an instruction that it was built for; use a build for older CPUs'
    case 'SIGKILL':
      return outOfMemory
    case 'SIGSEGV':
    case 'SIGBUS':
      return 'a crash in native code'
    case 'SIGABRT':
      return 'native code gave up; its last lines on stderr say more'
    default:
      return undefined
  }
}

/** Shells and wrappers end with 128 + the signal that ended their child. */
const signalOfShell: ReadonlyMap<number, string> = new Map([
  [132, 'SIGILL'],
  [134, 'SIGABRT'],
  [135, 'SIGBUS'],
  [137, 'SIGKILL'],
  [139, 'SIGSEGV'],
])
