/**
 * Turns a codec into one closure that decodes as io-ts does, and differs where io-ts's `decode` is
 * dangerous or slow: problems are counted, not piled up (16 MiB of bad elements would be millions of
 * error objects), nothing is allocated for a value that fits, and a key that a strict codec would
 * strip is a problem.
 */
import type * as t from 'io-ts'
import { foreign } from './codec-foreign.js'
import { expectedOf } from './codec-names.js'
import { type Compile, fail, failed, isHopeless, locate, type Walk } from './codec-report.js'
import { asStock } from './codec-stock.js'
import { closed, fields, propsOf, record } from './codec-walk-objects.js'
import { intersection, union } from './codec-walk-sums.js'
import type { Setting } from './setting.js'

/**
 * `decode`: from what came in to what a handler sees; strict codecs refuse keys of no use.
 * `check`: whether a handler's value is what its codec encodes, asked of a codec's `is` where it is not io-ts's own.
 */
export type Mode = 'decode' | 'check'

const always: Walk = (value) => value

/** A walk for a codec that needs nothing but its guard. */
const guarded = (codec: t.Any): Walk => {
  const { is } = codec
  const expected = expectedOf(codec)
  return (value, report) => (is(value) ? value : fail(report, expected, value))
}

/** Written out, because an engine's params are mostly these. */
const text = (expected: string): Walk => {
  return (value, report) => (typeof value === 'string' ? value : fail(report, expected, value))
}
const number = (expected: string): Walk => {
  return (value, report) => (typeof value === 'number' ? value : fail(report, expected, value))
}

const list = (item: Walk, expected: string): Walk => {
  return (value, report) => {
    if (!Array.isArray(value)) return fail(report, expected, value)
    let result: unknown[] = value
    let isBad = false
    for (let i = 0; i < value.length; i++) {
      const before = report.findings.length
      const now = item(value[i], report)
      if (now === failed) {
        isBad = true
        locate(report, before, String(i))
        if (isHopeless(report)) break
      } else if (now !== value[i]) {
        if (result === value) result = value.slice()
        result[i] = now
      }
    }
    return isBad ? failed : result
  }
}

/** Components beyond the tuple are dropped from what came in, and refused in what goes out. */
const tuple = (items: readonly Walk[], expected: string, mode: Mode): Walk => {
  return (value, report) => {
    if (!Array.isArray(value)) return fail(report, expected, value)
    const isLonger = value.length > items.length
    if (isLonger && mode === 'check') return fail(report, `array of ${items.length}`, value)
    let result: unknown[] = isLonger ? value.slice(0, items.length) : value
    let isBad = false
    for (const [i, item] of items.entries()) {
      const before = report.findings.length
      const now = item(value[i], report)
      if (now === failed) {
        isBad = true
        locate(report, before, String(i))
      } else if (now !== value[i]) {
        if (result === value) result = value.slice()
        result[i] = now
      }
    }
    return isBad ? failed : result
  }
}

const refined = (base: Walk, codec: t.RefinementType<t.Any>): Walk => {
  const expected = expectedOf(codec)
  return (value, report) => {
    const decoded = base(value, report)
    if (decoded === failed) return failed
    return codec.predicate(decoded) ? decoded : fail(report, expected, value)
  }
}

/** Resolved at first use, since a definition may name constants that come later; kept, since it names itself. */
const recursive = (codec: t.RecursiveType<t.Any>, compile: (inner: t.Any) => Walk): Walk => {
  let walk: Walk | undefined
  return (value, report) => {
    walk ??= compile(codec.runDefinition())
    return walk(value, report)
  }
}

const orDefault = (inner: Walk, standIn: unknown): Walk => {
  return (value, report) => inner(value === undefined ? standIn : value, report)
}

/** Compiles a codec, once, for many values. The walk throws only what the codec's own functions throw, or a RangeError on a value nested too deep for the stack. */
export const compileWalk = (root: t.Any, mode: Mode): Walk => {
  const recursions = { open: new Map<t.Any, Walk>(), closed: new Map<t.Any, Walk>() }
  const compile: Compile = (codec, isOpen = false) => {
    const { setting } = codec as Partial<Setting>
    if (setting !== undefined) {
      const inner = compile(setting.of, isOpen)
      return mode === 'decode' ? orDefault(inner, setting.default) : inner
    }
    const stock = asStock(codec)
    const expected = expectedOf(codec)
    switch (stock?._tag) {
      case undefined:
        return mode === 'decode' ? foreign(codec) : guarded(codec)
      case 'AnyType':
      case 'UnknownType':
        return always
      case 'StringType':
        return text(expected)
      case 'NumberType':
        return number(expected)
      case 'ArrayType':
      case 'ReadonlyArrayType':
        return list(compile(stock.type), expected)
      case 'TupleType':
        return tuple(
          stock.types.map((type) => compile(type)),
          expected,
          mode,
        )
      case 'InterfaceType':
        return fields(stock.props, 'required', compile, expected)
      case 'PartialType':
        return fields(stock.props, 'optional', compile, expected)
      case 'DictionaryType':
        return record(stock, compile, expected)
      case 'ExactType': {
        const inner = compile(stock.type, true)
        const isClosed = mode === 'decode' && !isOpen
        return isClosed ? closed(inner, new Set(Object.keys(propsOf(stock.type)))) : inner
      }
      case 'UnionType':
        return union(stock, (member) => compile(member, isOpen), expected)
      case 'IntersectionType':
        return intersection(stock, compile, isOpen || mode === 'check')
      case 'ReadonlyType':
        return compile(stock.type, isOpen)
      case 'RefinementType':
        return refined(compile(stock.type, isOpen), stock)
      case 'RecursiveType': {
        const seen = recursions[isOpen ? 'open' : 'closed']
        const walk = seen.get(codec) ?? recursive(stock, (inner) => compile(inner, isOpen))
        seen.set(codec, walk)
        return walk
      }
      default:
        return guarded(codec)
    }
  }
  return compile(root)
}
