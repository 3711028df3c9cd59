/** Walks of objects: fields, keys that nobody expects, and dictionaries. */
import type * as t from 'io-ts'
import { typeName } from './codec-names.js'
import {
  add,
  type Compile,
  callMissing,
  fail,
  failed,
  isHopeless,
  locate,
  newReport,
  type Walk,
} from './codec-report.js'
import { asStock } from './codec-stock.js'

type Fields = Record<string, unknown>

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A copy at the first change. By spread: `Object.assign`, as io-ts copies, would run a `__proto__` the peer sent. */
const withField = (from: Fields, to: Fields, key: string, value: unknown): Fields => {
  const copy = from === to ? { ...from } : to
  copy[key] = value
  return copy
}

/** Takes what an absent optional key would have been blamed for; it is not a problem. */
const nowhere = newReport(0)

/** A `type` (required) or a `partial` (optional). */
export const fields = (
  props: t.AnyProps,
  presence: 'required' | 'optional',
  compile: Compile,
  expected: string,
): Walk => {
  const keys = Object.keys(props)
  const walks = keys.map((key) => compile(props[key] as t.Any))
  /** Keys that stay absent when they are: asking again for each of a hundred thousand values takes longer than the values. */
  const isLeftOut: boolean[] = []
  return (value, report) => {
    if (!isFields(value)) return fail(report, expected, value)
    let result = value
    let isBad = false
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as string
      const walk = walks[i] as Walk
      const was = value[key]
      if (was === undefined && presence === 'optional') {
        if (isLeftOut[i] === true) continue
        const filled = walk(undefined, nowhere) // a codec with a default fills it in
        if (filled === failed || filled === undefined) isLeftOut[i] = true
        else result = withField(value, result, key, filled)
        continue
      }
      const before = report.findings.length
      const now = walk(was, report)
      if (now === failed) {
        isBad = true
        if (was === undefined && !Object.hasOwn(value, key)) callMissing(report, before)
        locate(report, before, key)
      } else if (now !== was || (now === undefined && !Object.hasOwn(value, key))) {
        result = withField(value, result, key, now)
      }
    }
    return isBad ? failed : result
  }
}

/** Refuses every key that is not allowed. A value that fails otherwise is told of its unknown keys too: they explain each other. */
export const closed = (inner: Walk, allowed: ReadonlySet<string>): Walk => {
  return (value, report) => {
    const result = inner(value, report)
    if (!isFields(value)) return result
    let isBad = result === failed
    for (const key in value) {
      if (allowed.has(key)) continue
      isBad = true
      add(report, [key], 'no such key', typeName(value[key]))
      if (isHopeless(report)) break
    }
    return isBad ? failed : result
  }
}

/** The fields of what `t.exact` takes. */
export const propsOf = (codec: t.Any): t.AnyProps => {
  const { props, type, types } = codec as { props?: t.AnyProps; type?: t.Any; types?: t.Any[] }
  if (props !== undefined) return props
  if (type !== undefined) return propsOf(type)
  return Object.assign({}, ...(types ?? []).map(propsOf))
}

/** The keys of a dictionary whose domain lists them: a literal, a keyof, or a union of these. */
export const domainKeys = (domain: t.Any): readonly string[] | undefined => {
  const stock = asStock(domain)
  switch (stock?._tag) {
    case 'LiteralType':
      return typeof stock.value === 'string' ? [stock.value] : undefined
    case 'KeyofType':
      return Object.keys(stock.keys)
    case 'UnionType': {
      const keys = stock.types.map(domainKeys)
      return keys.includes(undefined) ? undefined : keys.flatMap((some) => some ?? [])
    }
    default:
      return undefined
  }
}

/** A dictionary. Keys outside its domain are dropped, as io-ts does. */
export const record = (
  codec: t.DictionaryType<t.Any, t.Any>,
  compile: Compile,
  expected: string,
): Walk => {
  const keys = domainKeys(codec.domain)
  if (keys !== undefined) return listed(keys, compile, codec.codomain, expected)
  const isAnyKey = asStock(codec.domain)?._tag === 'StringType'
  const domain = isAnyKey ? undefined : compile(codec.domain)
  const codomain = compile(codec.codomain)
  const takesArrays = asStock(codec.codomain)?._tag === 'AnyType' // an old promise of io-ts
  return (value, report) => {
    if (takesArrays && Array.isArray(value)) return value
    if (!isFields(value)) return fail(report, expected, value)
    const entries: [string, unknown][] = []
    let isChanged = false
    let isBad = false
    for (const key of Object.keys(value)) {
      const name = domain === undefined ? key : domain(key, nowhere)
      isChanged ||= name !== key
      if (name === failed) continue
      const before = report.findings.length
      const now = codomain(value[key], report)
      if (now === failed) {
        isBad = true
        locate(report, before, key)
        if (isHopeless(report)) break
      }
      isChanged ||= now !== value[key]
      if (!isBad) entries.push([String(name), now])
    }
    return isBad ? failed : isChanged ? Object.fromEntries(entries) : value
  }
}

const listed = (
  keys: readonly string[],
  compile: Compile,
  codomain: t.Any,
  expected: string,
): Walk => {
  const props = Object.fromEntries(keys.map((key) => [key, codomain]))
  const walk = fields(props, 'required', compile, expected)
  return (value, report) => {
    const result = walk(value, report)
    if (result === failed || !isFields(result)) return failed
    const kept = Object.entries(result).filter(([key]) => Object.hasOwn(props, key))
    return kept.length === Object.keys(result).length ? result : Object.fromEntries(kept)
  }
}
