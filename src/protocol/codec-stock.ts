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
]

/**
 * What a function does, whoever compiled it. A user's io-ts may be another copy than ours, which is
 * bundled: `(0, exports.success)(u)` in one is `success$1(u)` in the other, and braces come and go.
 * A minified copy is not known again; its codecs work as foreign ones, and its strict ones strip.
 */
const normalized = (code: unknown): string =>
  String(code)
    .replace(/\/\*.*?\*\/|\/\/[^\n]*/gs, '')
    .replace(/\b(?:exports|Either_1)\.|\(0,/g, '')
    .replace(/\bundefined\b/g, 'void 0')
    .replace(/[\s(){}'"`;]/g, '')

const fingerprint = (codec: { _tag: string } & Pick<t.Any, 'is' | 'validate'>): string =>
  `${codec._tag} ${normalized(codec.is)} ${normalized(codec.validate)}`

let known: { fingerprints: ReadonlySet<string>; exactValidate: string } | undefined

/** At first use, not at load: an engine that starts should not print functions it never compares. */
const stock = () => {
  known ??= {
    fingerprints: new Set(
      examples().map((codec) => fingerprint(codec as t.Any & { _tag: string })),
    ),
    exactValidate: normalized(t.exact(t.type({})).validate),
  }
  return known
}

/**
 * The codec with its known structure, or undefined for one that only itself can explain.
 * A tag alone proves nothing: io-ts-types' `withValidate`, `withFallback` and `fromNullable` return
 * copies of a codec, tag included, that accept and return something else.
 */
export const asStock = (codec: t.Any): StockCodec | undefined => {
  if (!('_tag' in codec) || typeof codec._tag !== 'string') return undefined
  const candidate = codec as StockCodec
  switch (candidate._tag) {
    case 'ReadonlyType': {
      const inner = candidate.type
      return codec.is === inner.is && codec.validate === inner.validate ? candidate : undefined
    }
    case 'ExactType': {
      const isOwn =
        codec.is === candidate.type.is && normalized(codec.validate) === stock().exactValidate
      return isOwn ? candidate : undefined
    }
    default:
      return stock().fingerprints.has(fingerprint(candidate)) ? candidate : undefined
  }
}
