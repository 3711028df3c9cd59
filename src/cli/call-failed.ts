/** A failed call, told to who made it: what is wrong, and what to do next. */
import type { Client } from '../host/client.js'
import { nearest } from '../protocol/nearest.js'
import type { ParamProblem, RpcError } from '../protocol/rpc-error.js'
import { toWireError } from '../protocol/wire-error.js'
import { prettyJson } from './pretty-json.js'
import { printable, type Style, styleOf, widthOf } from './style.js'

export interface FailedCall {
  readonly engine: Client
  readonly path: string
  readonly method: string
  readonly isJson: boolean
}

export const callFailed = async (error: RpcError, failed: FailedCall): Promise<string> => {
  if (failed.isJson) return JSON.stringify(toWireError(error, 'message'))
  const meant = error.kind === 'MethodNotFound' ? await nearestMethod(failed) : undefined
  return failureText(error, { ...failed, meant }, styleOf(process.stderr), widthOf(process.stderr))
}

const nearestMethod = async ({ engine, method }: FailedCall): Promise<string | undefined> => {
  try {
    const { methods, builtins } = (await engine.request(
      'engine.describe',
      {},
      { deadlineMs: 1000 },
    )) as { methods: readonly { name: string }[]; builtins: readonly string[] }
    return nearest(method, [...methods.map(({ name }) => name), ...builtins])
  } catch {
    return undefined // the engine has other worries
  }
}

/** Facts that the sentences tell already, or that only programs need. */
const told: ReadonlySet<string> = new Set([
  'problems',
  'count',
  'method',
  'stderr',
  'restarting',
  'delivery',
  'hint',
  'how',
  'reason',
  'exitCode',
  'signal',
  'deadlineMs',
  'phase',
  'retryAfterMs',
])

interface Place {
  readonly path: string
  readonly method: string
  readonly meant: string | undefined
}

export const failureText = (
  error: RpcError,
  place: Place,
  style: Style,
  columns: number,
): string => {
  const { kind, code, message, facts } = error
  const problems = (facts['problems'] ?? []) as readonly ParamProblem[]
  const more = Number(facts['count'] ?? 0) - problems.length
  const rest = Object.fromEntries(Object.entries(facts).filter(([name]) => !told.has(name)))
  const next = whatNext(error, place)
  // The first problem is in the sentence, too.
  const sentence = problems.length > 0 ? 'its params do not fit' : printable(message)
  const lines = [
    `${style.red('✗')} ${style.bold(place.method)} failed: ${sentence} ${style.dim(`(${printable(kind)}, ${code})`)}`,
    ...problems.map(
      ({ path, expected, got }) =>
        `  ${style.cyan(printable(path) || 'params')}: expected ${printable(expected)}, got ${got}`,
    ),
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...(Object.keys(rest).length > 0 ? [prettyJson(rest, style, columns)] : []),
    ...(next === undefined ? [] : [next]),
  ]
  return lines.join('\n')
}

const whatNext = (
  { kind, facts, retryable }: RpcError,
  { path, method, meant }: Place,
): string | undefined => {
  switch (kind) {
    case 'MethodNotFound':
      return `${meant === undefined ? '' : `Did you mean ${meant}? `}To see all methods: sidestream describe ${path}`
    case 'InvalidParams':
      return `To see what it takes: sidestream describe ${path} ${method}`
    case 'DeadlineExceeded':
      return 'Give it more time with --timeout, up to what the engine allows.'
    case 'MessageTooLarge':
      return 'Send less at once: parts of it, or the path of a file that the engine reads.'
    case 'EngineGone':
      return lastWords(facts['stderr'])
    case 'InternalError':
      return 'A defect in the engine: its log tells more.'
    case 'RequestCancelled':
      return undefined
    default:
      return retryable ? 'The same call may succeed later.' : undefined
  }
}

/** They have been shown as they came. */
const lastWords = (stderr: unknown): string | undefined =>
  Array.isArray(stderr) && stderr.length > 0 ? 'What it printed last is above.' : undefined
