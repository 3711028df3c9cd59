/** Whether a process of an engine may come, and what calls are told when none will. */
import { type RpcError, rpcError } from '../protocol/rpc-error.js'
import type { EpochEnd } from './epoch-end.js'
import type { Member, Supervision } from './supervision.js'

/** All of its processes are down to stay, or wait for an engine that is. */
export const isHopeless = (state: Supervision, name: string): boolean => {
  const own = membersOf(state, name)
  const isLost = ({ isQuarantined, wanted, phase }: Member): boolean =>
    isQuarantined || (phase === 'down' && (!wanted || isBlocked(state, name)))
  return own.length > 0 && own.every(isLost)
}

/** @param lastEndOf - by key */
export const refusalOf = (
  state: Supervision,
  name: string,
  lastEndOf: (key: string) => EpochEnd | undefined,
): RpcError => {
  const isQuarantined = (member: Member): boolean => member.isQuarantined
  const cause = membersOf(state, name).find(isQuarantined) ?? state.members.find(isQuarantined)
  const last = cause && lastEndOf(cause.key)
  const facts = { restarting: false, stderr: last?.stderr ?? [], reason: last?.reason }
  if (cause === undefined)
    return rpcError('EngineGone', `The engine ${name} has ended and is not started again`, facts)
  const { engine } = cause
  const why = last === undefined ? '' : ` ${last.message}.`
  return rpcError(
    'EngineGone',
    `The engine ${engine} is quarantined.${why} resume('${engine}') starts it again`,
    { ...facts, quarantined: true },
  )
}

/** It waits for another engine, which is quarantined. */
const isBlocked = ({ strategy, members }: Supervision, name: string): boolean => {
  if (strategy === 'one_for_one') return false
  const place = members.findIndex(({ engine }) => engine === name)
  return members.some(
    (it, index) => it.isQuarantined && (strategy === 'one_for_all' || index < place),
  )
}

const membersOf = ({ members }: Supervision, name: string): readonly Member[] =>
  members.filter(({ engine }) => engine === name)
