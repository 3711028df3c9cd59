/** What a call fails with when its child is gone, or could not be started. */
import { type RpcError, rpcError } from '../protocol/rpc-error.js'

/** @param why - the bridge has killed it itself, for this reason */
export const childGone = (error: RpcError, why: string | undefined): RpcError => {
  const { exitCode, signal, stderr, hint, reason } = error.facts
  const lines = Array.isArray(stderr) ? (stderr as readonly string[]) : []
  if (reason !== undefined) return notStarted(String(reason), error)
  const missing = lines.map(missingModule).find((module) => module !== undefined)
  if (missing !== undefined) return withoutModule(missing, lines)
  return rpcError(
    'EngineGone',
    why ?? error.message.replace(/^The engine\b/, 'The child process'),
    {
      ...(exitCode !== undefined && { exitCode }),
      ...(signal !== undefined && { signal }),
      ...(lines.length > 0 && { stderrTail: lines.join('\n') }),
      ...(hint !== undefined && { hint }),
      retryable: error.retryable,
    },
  )
}

/** It is there, or it is not: only where the system was short of something does another try help. */
const notStarted = (reason: string, error: RpcError): RpcError =>
  error.facts['isTransient'] === true
    ? rpcError('EngineGone', `The child process could not be started: ${reason}`)
    : rpcError(
        'DependencyMissing',
        `The child process could not be started: ${reason}. Install it, or name another one`,
        { reason },
      )

/** As Python says it of an import at the top of a program, which ends it. */
const missingModule = (line: string): string | undefined =>
  /^ModuleNotFoundError: No module named '([^'.]+)/.exec(line)?.[1]

const withoutModule = (module: string, lines: readonly string[]): RpcError =>
  rpcError(
    'DependencyMissing',
    `There is no module ${module} for this Python: install it, or name another interpreter`,
    { module, stderrTail: lines.join('\n') },
  )
