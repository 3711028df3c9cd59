/** Codecs at the edges of a call: params in, results out. Compiled once per method, they never throw. */
import { type Either, left, right } from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { expectedOf } from './codec-names.js'
import { callMissing, failed, type InvalidShape, invalidShape, newReport } from './codec-report.js'
import { asStock } from './codec-stock.js'
import { compileWalk } from './codec-walk.js'

export type { InvalidShape } from './codec-report.js'

/** An io-ts codec of `A` from anything. A list of methods has codecs of many types, hence `any` when none is named. */
// biome-ignore lint/suspicious/noExplicitAny: t.Type is invariant, so nothing else takes every codec
export type Codec<A = any> = t.Type<A, any, unknown>

export type Decode<A> = (input: unknown) => Either<InvalidShape, A>
export type Encode = (value: unknown) => Either<InvalidShape, unknown>

const takesAll = (codec: Codec): boolean => {
  const tag = asStock(codec)?._tag
  return tag === 'UnknownType' || tag === 'AnyType'
}

/** One finding about the value as a whole, for what was thrown. The codec's own message could name a value. */
const thrown = (codec: Codec, error: unknown): InvalidShape => {
  const isTooDeep = error instanceof RangeError && /call stack/i.test(error.message)
  const name = error instanceof Error ? error.name : typeof error
  const problem = isTooDeep
    ? { path: '', expected: 'a value that nests less', got: 'too deep' }
    : { path: '', expected: expectedOf(codec), got: `a value on which the codec threw ${name}` }
  return { problems: [problem], count: 1 }
}

/**
 * Compiles what decodes params.
 * Verdict and value are io-ts's, but for strict codecs: keys beyond `t.strict` and `t.exact` are
 * problems instead of being stripped. A value that fits comes back as it is, by reference.
 *
 * @returns a function that costs about what `codec.is` costs
 */
export const compileDecoder = <A>(codec: Codec<A>): Decode<A> => {
  if (takesAll(codec)) return (input) => right(input as A)
  const walk = compileWalk(codec, 'decode')
  return (input) => {
    const report = newReport()
    try {
      const value = walk(input, report)
      if (value !== failed) return right(value as A)
      if (input === undefined) callMissing(report, 0)
      return left(invalidShape(report))
    } catch (error) {
      return left(thrown(codec, error))
    }
  }
}

/**
 * Compiles what checks and encodes results: what `t.strict` does not know is stripped, dates become
 * strings, and so on. A key that holds undefined and one that is absent are the same, as in JSON.
 */
export const compileEncoder = (codec: Codec): Encode => {
  if (takesAll(codec)) return right
  const walk = compileWalk(codec, 'check')
  const encode = codec.encode === t.identity ? undefined : codec.encode
  return (value) => {
    try {
      if (!codec.is(value)) {
        const report = newReport()
        if (walk(value, report) === failed) return left(invalidShape(report))
      }
      return right(encode === undefined ? value : encode(value))
    } catch (error) {
      return left(thrown(codec, error))
    }
  }
}
