/** The problems of one value, collected while it is walked: a few in full, all of them counted. */
import type * as t from 'io-ts'
import { typeName } from './codec-names.js'
import type { ParamProblem } from './rpc-error.js'

/** Why a value does not fit its codec. It names paths and types, never a value. */
export interface InvalidShape {
  /** The first {@link maxProblems}, by path. */
  readonly problems: readonly ParamProblem[]
  /** All of them; a long list or a dictionary is no further read once it has {@link maxCount}. */
  readonly count: number
}

export const maxProblems = 8

/** Counting on would let 16 MiB of bad elements hold the engine for seconds; so many are some 10 ms when the code is cold. */
const maxCount = 5000

/** A problem whose path is still being found: the innermost key comes first. */
interface Finding {
  readonly keys: string[]
  readonly expected: string
  got: string
}

/** Filled by walks. A walk that fails adds at least one finding or, when there is no room, to the count. */
export interface Report {
  readonly findings: Finding[]
  count: number
  /** How many findings are kept; more would let one bad message fill the memory. */
  readonly room: number
}

export const newReport = (room = maxProblems): Report => ({ findings: [], count: 0, room })

/** What a walk returns in place of a value. */
export const failed = Symbol('failed')

/** Returns the decoded value, the same reference if nothing changed, or `failed` with the report filled. */
export type Walk = (value: unknown, report: Report) => unknown

/** Makes a codec's walk. `isOpen`: keys beyond this codec are for another member of its intersection to judge. */
export type Compile = (codec: t.Any, isOpen?: boolean) => Walk

export const add = (report: Report, keys: string[], expected: string, got: string): void => {
  report.count += 1
  if (report.findings.length < report.room) report.findings.push({ keys, expected, got })
}

/** Records that `value` itself is not what was expected. */
export const fail = (report: Report, expected: string, value: unknown): typeof failed => {
  add(report, [], expected, typeName(value))
  return failed
}

/** Whether a walk of something long may stop: it has failed, and nobody needs to know how badly. */
export const isHopeless = (report: Report): boolean => report.count >= maxCount

/** Puts a key before the paths of all findings since `from`: their walk was that key's. */
export const locate = (report: Report, from: number, key: string): void => {
  for (let i = from; i < report.findings.length; i++) report.findings[i]?.keys.push(key)
}

/** Says of findings since `from` that the value was not there at all. */
export const callMissing = (report: Report, from: number): void => {
  for (const finding of report.findings.slice(from)) {
    if (finding.keys.length === 0) finding.got = 'missing'
  }
}

/** Takes over what another report of the same value found. */
export const adopt = (report: Report, other: Report): typeof failed => {
  report.count += other.count
  report.findings.push(...other.findings.slice(0, report.room - report.findings.length))
  return failed
}

/** Keys come from the peer and may be as long as a message. */
const maxPathLength = 200

const pointer = (keys: readonly string[]): string => {
  let path = ''
  for (let i = keys.length - 1; i >= 0 && path.length <= maxPathLength; i--) {
    const key = (keys[i] ?? '').slice(0, maxPathLength)
    path += `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
  }
  return path.length > maxPathLength ? `${path.slice(0, maxPathLength - 1)}…` : path
}

export const invalidShape = ({ findings, count }: Report): InvalidShape => ({
  problems: findings.map(({ keys, expected, got }) => ({ path: pointer(keys), expected, got })),
  count,
})
