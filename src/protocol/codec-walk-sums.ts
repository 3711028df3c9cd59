/** Walks of unions and intersections. */
import type * as t from 'io-ts'
import { shorten } from './codec-names.js'
import {
  adopt,
  type Compile,
  callMissing,
  fail,
  failed,
  locate,
  newReport,
  type Report,
  type Walk,
} from './codec-report.js'
import { asStock } from './codec-stock.js'
import { closed, isFields, propsOf } from './codec-walk-objects.js'

const leaves = new Set(['NullType', 'UndefinedType', 'VoidType', 'LiteralType', 'KeyofType'])
for (const tag of ['StringType', 'NumberType', 'BooleanType', 'BigIntType']) leaves.add(tag)

/** The first member that accepts, decides. */
export const union = (
  codec: t.UnionType<t.Any[]>,
  compile: (member: t.Any) => Walk,
  expected: string,
): Walk => {
  const { types } = codec
  if (types.every((member) => leaves.has(asStock(member)?._tag ?? ''))) {
    return (value, report) => (codec.is(value) ? value : fail(report, expected, value))
  }
  const members = types.map(compile)
  const tag = 'tag' in codec ? String(codec.tag) : undefined
  const table = tag === undefined ? undefined : tagTable(types, members, tag)
  if (tag !== undefined && table !== undefined) return byTag(tag, table, expected)
  return (value, report) => {
    const attempts: Report[] = []
    for (const member of members) {
      const attempt = newReport()
      const result = member(value, attempt)
      if (result !== failed) return result
      attempts.push(attempt)
    }
    return blame(attempts, report, value, expected)
  }
}

/** One member that failed inside the value is what its sender meant; of several, or none, all are named. */
const blame = (
  attempts: readonly Report[],
  report: Report,
  value: unknown,
  expected: string,
): typeof failed => {
  const [meant, ...others] = attempts.filter(({ findings }) =>
    findings.every(({ keys }) => keys.length > 0),
  )
  return meant !== undefined && others.length === 0
    ? adopt(report, meant)
    : fail(report, expected, value)
}

/** Members told apart by a literal: only the member meant is walked, and only it is blamed. */
const byTag = (tag: string, members: ReadonlyMap<unknown, Walk>, expected: string): Walk => {
  const tags = [...members.keys()].map((literal) => JSON.stringify(literal)).join(' | ')
  return (value, report) => {
    if (!isFields(value)) return fail(report, expected, value)
    const found = value[tag]
    const member = members.get(found)
    if (member !== undefined) return member(value, report)
    const before = report.findings.length
    fail(report, shorten(tags), found)
    if (!Object.hasOwn(value, tag)) callMissing(report, before)
    locate(report, before, tag)
    return failed
  }
}

/** Members by their tag, or undefined unless each has literals of its own there. */
const tagTable = (types: readonly t.Any[], members: readonly Walk[], tag: string) => {
  const table = new Map<unknown, Walk>()
  for (const [i, type] of types.entries()) {
    const literals = literalsOf(type, tag)
    if (literals.length === 0 || literals.some((literal) => table.has(literal))) return undefined
    for (const literal of literals) table.set(literal, members[i] as Walk)
  }
  return table
}

/** The values that a codec allows for a key, where these are literals. */
const literalsOf = (codec: t.Any, key: string): unknown[] => {
  const stock = asStock(codec)
  switch (stock?._tag) {
    case 'InterfaceType': {
      const prop = stock.props[key] && asStock(stock.props[key])
      return prop?._tag === 'LiteralType' ? [prop.value] : []
    }
    case 'ExactType':
    case 'ReadonlyType':
    case 'RefinementType':
      return literalsOf(stock.type, key)
    case 'RecursiveType':
      return literalsOf(stock.runDefinition(), key)
    case 'UnionType':
    case 'IntersectionType':
      return stock.types.flatMap((member) => literalsOf(member, key))
    default:
      return []
  }
}

/** Every member must accept; what they changed is merged. A value that is no object at all is blamed once. */
export const intersection = (
  codec: t.IntersectionType<t.Any[]>,
  compile: Compile,
  isOpen: boolean,
): Walk => {
  const members = codec.types.map((member) => compile(member, true))
  const walk: Walk = (value, report) => {
    const results: unknown[] = []
    for (const member of members) {
      const result = member(value, report)
      if (result !== failed) results.push(result)
      else if (!isFields(value)) return failed
    }
    return results.length < members.length ? failed : merge(value, results)
  }
  const allowed = isOpen ? undefined : allowedKeys(codec)
  return allowed === undefined ? walk : closed(walk, new Set(allowed))
}

/** The only keys of an object that a codec takes, or undefined if it takes any. One open member opens an intersection. */
export const allowedKeys = (codec: t.Any): readonly string[] | undefined => {
  const stock = asStock(codec)
  switch (stock?._tag) {
    case 'ExactType':
      return Object.keys(propsOf(stock.type))
    case 'ReadonlyType':
    case 'RefinementType':
      return allowedKeys(stock.type)
    case 'RecursiveType':
      return allowedKeys(stock.runDefinition())
    case 'UnionType':
    case 'IntersectionType': {
      const keys = stock.types.map(allowedKeys)
      return keys.includes(undefined) ? undefined : keys.flatMap((some) => some ?? [])
    }
    default:
      return undefined
  }
}

/** io-ts's own rule: the last member that changed a key has it. Defined by entries, never by assignment, for `__proto__`. */
const merge = (base: unknown, results: readonly unknown[]): unknown => {
  if (results.every((result) => result === base)) return base
  if (!results.some(isFields)) return results.at(-1)
  const merged = new Map<string, unknown>()
  for (const result of results) {
    for (const [key, value] of Object.entries(result as object)) {
      if (!merged.has(key) || !isFields(base) || value !== base[key]) merged.set(key, value)
    }
  }
  return Object.fromEntries(merged)
}
