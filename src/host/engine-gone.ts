/** What a request fails with when there is no engine to answer it. */
import type { ChildEnd } from '../ports/child.js'
import { type RpcError, rpcError } from '../protocol/rpc-error.js'

export const engineGone = (end: ChildEnd, lastLines: readonly string[]): RpcError => {
  const { how: _, ...facts } = end
  return rpcError('EngineGone', sentence(end), {
    ...facts,
    stderr: lastLines,
    restarting: false,
    ...(end.how === 'not-started' && { retryable: false }),
  })
}

/** The engine may still run, but there is no way to talk to it. */
export const engineLost = (reason: string, lastLines: readonly string[]): RpcError =>
  rpcError('EngineGone', `The engine ${reason}`, { stderr: lastLines, restarting: false })

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
