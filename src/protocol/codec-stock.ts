/** Which codecs are io-ts's own, so that their meaning can be read off their `_tag`. */
import * as t from 'io-ts'

/** The codecs whose structure we read. All others are asked through their own `validate` and `is`. */
export type StockCodec =
  | t.NullType
  | t.UndefinedType
  | t.VoidType
  | t.UnknownType
  | t.AnyType
  | t.NeverType
  | t.StringType
  | t.NumberType
  | t.BigIntType
  | t.BooleanType
  | t.AnyArrayType
  | t.AnyDictionaryType
  | t.ObjectType
  | t.FunctionType
  | t.LiteralType<string | number | boolean>
  | t.KeyofType<Record<string, unknown>>
  | t.RefinementType<t.Any>
  | t.RecursiveType<t.Any>
  | t.ArrayType<t.Any>
  | t.ReadonlyArrayType<t.Any>
  | t.InterfaceType<t.AnyProps>
  | t.PartialType<t.AnyProps>
  | t.DictionaryType<t.Any, t.Any>
  | t.UnionType<t.Any[]>
  | t.IntersectionType<t.Any[]>
  | t.TupleType<t.Any[]>
  | t.ReadonlyType<t.Any>
  | t.ExactType<t.Any>

const tagged = (value: string) => t.type({ tag: t.literal(value) })

/** One codec, or several where a combinator builds in more than one way, for each tag. */
const examples = (): readonly t.Any[] => [
  ...[t.null, t.undefined, t.void, t.unknown, t.any, t.string, t.number, t.bigint],
  ...[
    t.boolean,
    t.UnknownArray,
    t.UnknownRecord,
    t.object,
    t.Function,
    t.literal(0),
    t.keyof({ a: null }),
  ],
  t.never as unknown as t.Any, // its encode takes nothing, so it is no Any
  t.refinement(t.number, Number.isInteger),
  t.recursion('Example', () => t.null),
  t.array(t.null),
  t.readonlyArray(t.null),
  t.type({}),
  t.partial({}),
  t.record(t.string, t.null),
  t.record(t.literal('a'), t.null),
  t.union([t.null, t.string]),
  t.union([tagged('a'), tagged('b')]),
  t.intersection([t.null, t.null]),
  t.tuple([t.null]),
  t.exact(t.type({})),
]

/**
 * What a function does, whoever compiled it. A user's io-ts may be another copy than ours, which is
 * bundled: `(0, exports.success)(u)` in one is `success$1(u)` in the other, and braces come and go.
 * A minified copy is not known again; its codecs work as foreign ones, and its strict ones strip.
 */
const normalized = (source: string): string =>
  source
    .replace(/\/\*.*?\*\/|\/\/[^\n]*/gs, '')
    .replace(/\b(?:exports|Either_1)\.|\(0,|[$_]\d+/g, '')
    .replace(/\bundefined\b/g, 'void 0')
    .replace(/[\s(){}'"`;]/g, '')

type Tagged = t.Any & { readonly _tag: string }

/** A strict codec guards as the codec within does, whatever that is. */
const sourceOf = ({ _tag, is, validate }: Tagged): string =>
  _tag === 'ExactType' ? `${_tag} ${validate}` : `${_tag} ${is} ${validate}`

const once = <T>(make: () => T) => {
  let made: T | undefined
  return (): T => {
    made ??= make()
    return made
  }
}
/** At first use, not at load: an engine that starts should not print functions it never compares. */
const ownSources = once(() => new Set(examples().map((codec) => sourceOf(codec as Tagged))))
const normalizedSources = once(() => new Set([...ownSources()].map(normalized)))

/** By source text, of which there are few, as normalizing takes longer than all the rest. */
const verdicts = new Map<string, boolean>()

const isOwn = (codec: Tagged): boolean => {
  const source = sourceOf(codec)
  if (ownSources().has(source)) return true
  const verdict = verdicts.get(source) ?? normalizedSources().has(normalized(source))
  verdicts.set(source, verdict)
  return verdict
}

/** A codec is asked about whenever it is part of another. */
const known = new WeakMap<t.Any, boolean>()

/**
 * The codec with its known structure, or undefined for one that only itself can explain.
 * A tag alone proves nothing: io-ts-types' `withValidate`, `withFallback` and `fromNullable` return
 * copies of a codec, tag included, that accept and return something else.
 */
export const asStock = (codec: t.Any): StockCodec | undefined => {
  if (!('_tag' in codec) || typeof codec._tag !== 'string') return undefined
  const isStock = known.get(codec) ?? isUntouched(codec as StockCodec)
  known.set(codec, isStock)
  return isStock ? (codec as StockCodec) : undefined
}

const isUntouched = (codec: StockCodec): boolean => {
  switch (codec._tag) {
    case 'ReadonlyType':
      return codec.is === codec.type.is && codec.validate === codec.type.validate
    case 'ExactType':
      return codec.is === codec.type.is && isOwn(codec)
    default:
      return isOwn(codec as Tagged)
  }
}
