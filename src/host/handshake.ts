/** The first words with an engine: who it is, and whether both sides speak the same protocol. */

import { isRight } from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { isAnswer } from '../engine/peer.js'
import type { Limits } from '../protocol/limits.js'
import { isRpcError, type RpcError, rpcError } from '../protocol/rpc-error.js'
import { packageVersion } from '../version.js'

/** Of the wire as DESIGN.md fixes it; see `engine.describe`. */
const protocolVersion = 1

const Description = t.intersection([
  t.type({
    protocolVersion: t.number,
    engine: t.intersection([
      t.type({ name: t.string, version: t.string }),
      t.partial({ description: t.string }),
    ]),
    limits: t.UnknownRecord,
    methods: t.array(
      t.intersection([t.type({ name: t.string }), t.partial({ idempotent: t.boolean })]),
    ),
  }),
  t.partial({
    runtime: t.UnknownRecord,
    notifications: t.array(t.string),
    builtins: t.array(t.string),
  }),
])

/** What an engine of ours tells of itself. */
export interface EngineInfo {
  readonly protocolVersion: number
  readonly engine: {
    readonly name: string
    readonly version: string
    readonly description?: string
  }
  readonly limits: Partial<Limits>
  readonly methods: readonly { readonly name: string; readonly idempotent?: boolean }[]
}

export type Ask = (method: string, params: unknown) => Promise<unknown>

/**
 * Calls `engine.describe`.
 *
 * @param firstStray - what it printed first that was no message, if anything
 * @returns undefined for an engine that knows no such method: it is none of ours, and it answers
 * @throws RpcError when there is no answer, or the protocols differ
 */
export const handshake = async (
  ask: Ask,
  firstStray: () => string | undefined,
): Promise<EngineInfo | undefined> => {
  let answer: unknown
  try {
    answer = await ask('engine.describe', {})
  } catch (error) {
    if (!isRpcError(error)) throw error
    if (isAnswer(error)) return undefined
    throw explained(error, firstStray())
  }
  const decoded = Description.decode(answer)
  if (!isRight(decoded)) return undefined
  const info = decoded.right as EngineInfo
  if (info.protocolVersion !== protocolVersion) throw mismatch(info)
  return info
}

const explained = (error: RpcError, firstStray: string | undefined): RpcError => {
  const reason =
    error.kind === 'DeadlineExceeded'
      ? `The engine did not answer engine.describe within ${error.facts['deadlineMs']} ms`
      : error.message
  const quote =
    firstStray === undefined
      ? ''
      : `. The first thing that it printed on stdout is no JSON-RPC: ${JSON.stringify(firstStray)}. Is this the right program, and does it print only messages there?`
  return {
    ...error,
    message: `${reason}${quote}`,
    facts: { ...error.facts, ...(firstStray !== undefined && { firstLine: firstStray }) },
  }
}

const mismatch = ({ protocolVersion: theirs, engine }: EngineInfo): RpcError =>
  rpcError(
    'EngineGone',
    `${engine.name} ${engine.version} speaks protocol ${theirs}, and this host (sidestream ${packageVersion}) protocol ${protocolVersion}: update the older one`,
    { retryable: false, protocolVersion: theirs },
  )
