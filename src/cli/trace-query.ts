/** Which traces are asked for, as it is typed. */
import type { TraceQuery } from '../../telemetry/trace-choice.js'
import { type Duration, toMs } from '../protocol/duration.js'
import { UsageError } from './usage-error.js'

export const queryKinds = {
  id: 'text',
  errors: 'flag',
  slow: 'flag',
  min: 'text',
  last: 'text',
} as const

export interface TypedQuery {
  readonly id?: string
  readonly errors?: true
  readonly slow?: true
  readonly min?: string
  readonly last?: string
}

/** So many are shown if it is not said how many: of all traces, and of those that were asked for. */
const few = 5
const many = 50

/** @throws UsageError */
export const readQuery = ({ id, errors, slow, min, last }: TypedQuery): TraceQuery => {
  const isFiltered = (id ?? errors ?? slow ?? min) !== undefined
  return {
    idPrefix: id === undefined ? undefined : readId(id),
    onlyErrors: errors === true,
    minMs: min === undefined ? 0 : readTime(min),
    order: slow === true ? 'slowest' : 'latest',
    most: last === undefined ? (isFiltered ? many : few) : readCount('last', last),
  }
}

/** @throws UsageError */
export const readCount = (name: string, given: string): number => {
  if (/^[1-9]\d{0,5}$/.test(given)) return Number(given)
  throw new UsageError(`--${name} is a number from 1 to 999999, and not ${given}`)
}

/** As it is shown, it has an ellipsis behind it. */
const readId = (given: string): string => {
  const digits = given.replace(/…$/, '').toLowerCase()
  if (/^[0-9a-f]{4,32}$/.test(digits)) return digits
  throw new UsageError(`--id is the beginning of a trace id, 4 to 32 hex digits, and not ${given}`)
}

const readTime = (given: string): number => {
  try {
    return toMs(given as Duration)
  } catch {
    throw new UsageError(`--min is a time such as 200ms, 1.5s or 5m, and not ${given}`)
  }
}
