/** Walks of codecs that are not io-ts's own: they are asked, and their errors become findings. */
import type * as t from 'io-ts'
import { expectedOf, typeName } from './codec-names.js'
import { add, fail, failed, type Report, type Walk } from './codec-report.js'

/** Errors read of one answer: a codec of the user's own may return one for each of a million elements. */
const maxErrors = 100

/** Below a union or an intersection, io-ts puts the member's index between the keys. */
const isMemberIndex = (parent: t.Any | undefined): boolean => {
  const { _tag, type } = (parent ?? {}) as { readonly _tag?: string; readonly type?: t.Any }
  if (_tag === 'UnionType' || _tag === 'IntersectionType') return true
  const isAround = _tag === 'ExactType' || _tag === 'ReadonlyType' || _tag === 'RefinementType'
  return isAround && isMemberIndex(type) // these leave the path to what is within
}

/** The keys from the innermost out, as findings hold them. */
const keysOf = (context: t.Context): string[] =>
  context
    .filter((_, i) => i > 0 && !isMemberIndex(context[i - 1]?.type as t.Any | undefined))
    .map(({ key }) => key)
    .reverse()

const addErrors = (report: Report, errors: t.Errors): void => {
  const expectedAt = new Map<string, { keys: string[]; expected: Set<string>; got: string }>()
  for (const { context, value } of errors.slice(0, maxErrors)) {
    const keys = keysOf(context)
    const type = context.at(-1)?.type as t.Any
    const place = JSON.stringify(keys)
    const got = value === undefined && keys.length > 0 ? 'missing' : typeName(value)
    const finding = expectedAt.get(place) ?? { keys, expected: new Set(), got }
    finding.expected.add(expectedOf(type)) // never the error's message: it may hold the value
    expectedAt.set(place, finding)
  }
  for (const { keys, expected, got } of expectedAt.values()) {
    add(report, keys, [...expected].join(' | '), got)
  }
  report.count += Math.max(0, errors.length - maxErrors)
}

export const foreign = (codec: t.Any): Walk => {
  return (value, report) => {
    const outcome = codec.validate(value, [{ key: '', type: codec, actual: value }])
    if (outcome._tag === 'Right') return outcome.right
    if (outcome.left.length === 0) return fail(report, expectedOf(codec), value)
    addErrors(report, outcome.left)
    return failed
  }
}
