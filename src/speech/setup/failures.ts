/** Why something cannot be set up: one sentence, and what helps. */
import { type RpcError, rpcError } from '../../protocol/rpc-error.js'

export type SetupFault =
  | 'no-python'
  | 'disk-full'
  | 'offline'
  | 'no-package'
  | 'locked'
  | 'damaged'
  | 'in-use'
  | 'failed'

export const setupFailure = (
  fault: SetupFault,
  message: string,
  facts: Readonly<Record<string, unknown>> = {},
): RpcError => rpcError('DependencyMissing', message, { fault, ...facts })

/** Of a program that has ended with an error, by what it printed last. */
export const failureOf = (what: string, output: readonly string[]): RpcError => {
  const text = output.join('\n')
  const facts = { output: output.slice(-20) }
  if (/No space left on device|Disk quota exceeded|Errno 28|Errno 122/.test(text)) {
    return setupFailure(
      'disk-full',
      `${what} failed: the disk is full. Make room, and run it again.`,
      facts,
    )
  }
  if (isOffline.test(text)) {
    return setupFailure(
      'offline',
      `${what} failed: the package index does not answer. Look at the network, the proxy, and pip's settings, and run it again.`,
      facts,
    )
  }
  const lacking =
    /(?:No matching distribution found for|satisfies the requirement) ([^\s;(]+)/.exec(text)
  if (lacking !== null) {
    return setupFailure(
      'no-package',
      `${what} failed: there is no ${lacking[1]} for this Python. Another one is chosen by --python.`,
      facts,
    )
  }
  const last = output.findLast((line) => /error/i.test(line)) ?? output.at(-1) ?? 'it said nothing'
  return setupFailure('failed', `${what} failed: ${last.trim()}`, facts)
}

/** Of the system, while files were written. Anything else is passed on. */
export const failureOfSystem = (what: string, error: unknown): unknown => {
  const { code, message, path } = error as NodeJS.ErrnoException
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return failureOf(what, ['No space left on device'])
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOTDIR':
      return setupFailure(
        'failed',
        `${what} failed: ${path ?? 'a folder'} cannot be written: ${message}`,
      )
    default:
      return error
  }
}

const isOffline =
  /connection broken by|NewConnectionError|NameResolutionError|ConnectTimeout|ReadTimeout|ProxyError|Temporary failure in name resolution|Network is unreachable|Could not fetch URL/
