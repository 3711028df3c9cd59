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

/** One codec for each tag, or several where a combinator builds in more than one way. Made when first asked for: an engine that starts should not build what it never compares. */
const examples: { readonly [Tag in StockCodec['_tag']]: () => readonly t.Any[] } = {
  NullType: () => [t.null],
  UndefinedType: () => [t.undefined],
  VoidType: () => [t.void],
  UnknownType: () => [t.unknown],
  AnyType: () => [t.any],
  NeverType: () => [t.never as unknown as t.Any], // its encode takes nothing, so it is no Any
  StringType: () => [t.string],
  NumberType: () => [t.number],
  BigIntType: () => [t.bigint],
  BooleanType: () => [t.boolean],
  AnyArrayType: () => [t.UnknownArray],
  AnyDictionaryType: () => [t.UnknownRecord],
  ObjectType: () => [t.object],
  FunctionType: () => [t.Function],
  LiteralType: () => [t.literal(0)],
  KeyofType: () => [t.keyof({ a: null })],
  RefinementType: () => [t.refinement(t.number, Number.isInteger)],
  RecursiveType: () => [t.recursion('Example', () => t.null)],
  ArrayType: () => [t.array(t.null)],
  ReadonlyArrayType: () => [t.readonlyArray(t.null)],
  InterfaceType: () => [t.type({})],
  PartialType: () => [t.partial({})],
  DictionaryType: () => [t.record(t.string, t.null), t.record(t.literal('a'), t.null)],
  UnionType: () => [t.union([t.null, t.string]), t.union([tagged('a'), tagged('b')])],
  IntersectionType: () => [t.intersection([t.null, t.null])],
  TupleType: () => [t.tuple([t.null])],
  ReadonlyType: () => [t.readonly(t.null)],
  ExactType: () => [t.exact(t.type({}))],
}

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

/** A strict codec guards as the codec within does, whatever that is. */
const sourceOf = ({ _tag, is, validate }: StockCodec): string =>
  _tag === 'ExactType' ? String(validate) : `${is} ${validate}`

/** Per tag, the sources of io-ts's own codecs, and of all codecs seen whether they are such. Normalizing takes longer than all the rest. */
const verdicts = new Map<string, Map<string, boolean>>()

const ownSources = (tag: StockCodec['_tag']): Map<string, boolean> => {
  const sources = examples[tag]().map((codec) => sourceOf(codec as StockCodec))
  return new Map(sources.map((source) => [source, true]))
}

const isOwn = (codec: StockCodec): boolean => {
  const { _tag } = codec
  if (!Object.hasOwn(examples, _tag)) return false
  const known = verdicts.get(_tag) ?? ownSources(_tag)
  verdicts.set(_tag, known)
  const source = sourceOf(codec)
  const verdict = known.get(source) ?? isSame(source, known)
  known.set(source, verdict)
  return verdict
}

const isSame = (source: string, verdicts: ReadonlyMap<string, boolean>): boolean => {
  const text = normalized(source)
  for (const [own, isStock] of verdicts) if (isStock && normalized(own) === text) return true
  return false
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
      return isOwn(codec)
  }
}
