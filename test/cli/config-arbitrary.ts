/** Configs that are fine, as they come out of a file, made from its codec. */
import fc from 'fast-check'
import type * as t from 'io-ts'
import { asStock } from '../../src/protocol/codec-stock.js'
import { path } from '../../src/protocol/file-path.js'
import { toJsonSchema } from '../../src/protocol/json-schema.js'
import { acceptsUndefined } from '../../src/protocol/json-schema-parts.js'
import type { SecretFacts } from '../../src/protocol/secret.js'
import type { Setting } from '../../src/protocol/setting.js'
import { duration, size } from '../../src/protocol/units.js'

const plain = { noNullPrototype: true } as const
/** Whatever a text may hold. */
const text = fc.string({ unit: 'binary' })
const names = fc.oneof(
  text,
  fc.constantFrom('models.load', 'models.*', '1', 'true', '__proto__', ''),
)

/** @param secrets - what stands for a secret */
export const arbitraryConfig = (
  codec: t.Any,
  secrets: fc.Arbitrary<unknown> = text,
): fc.Arbitrary<unknown> => {
  const { setting, secret } = codec as Partial<Setting & SecretFacts>
  if (setting !== undefined) return arbitraryConfig(setting.of, secrets)
  if (secret !== undefined) return secrets
  if (codec === duration) return fc.oneof(fc.integer({ min: 1 }), fc.constantFrom('1.5s', '2h'))
  if (codec === size) return fc.oneof(fc.integer({ min: 1 }), fc.constantFrom('1.5KiB', '2GB'))
  if (codec === path) return fc.constantFrom('models/a b', '/var/x', '~/y')
  const stock = asStock(codec)
  switch (stock?._tag) {
    case 'StringType':
      return text
    case 'NumberType':
      return fc.double({ noNaN: true, noDefaultInfinity: true })
    case 'BooleanType':
      return fc.boolean()
    case 'LiteralType':
      return fc.constant(stock.value)
    case 'KeyofType':
      return fc.constantFrom(...Object.keys(stock.keys))
    case 'ArrayType':
      return fc.array(arbitraryConfig(stock.type, secrets), { maxLength: 3 })
    case 'AnyDictionaryType':
      return fc.dictionary(names, fc.jsonValue(), { ...plain, maxKeys: 3 })
    case 'DictionaryType':
      return fc.dictionary(names, arbitraryConfig(stock.codomain, secrets), {
        ...plain,
        maxKeys: 3,
      })
    case 'UndefinedType':
      return fc.constant(undefined)
    case 'IntersectionType':
      return fc
        .tuple(...stock.types.map((type) => arbitraryConfig(type, secrets)))
        .map((parts) => Object.assign({}, ...(parts as object[])))
    case 'UnionType':
      return fc.oneof(...stock.types.map((type) => arbitraryConfig(type, secrets)))
    case 'InterfaceType':
      return fc.record(propsOf(stock.props, secrets), plain)
    case 'PartialType':
      return fc.record(propsOf(stock.props, secrets), { ...plain, requiredKeys: [] })
    case 'ExactType':
      return arbitraryConfig(stock.type, secrets)
    case 'RefinementType':
      return refined(codec, stock)
    default:
      throw new TypeError(`Nothing tells what fits ${codec.name}`)
  }
}

type Members = Readonly<Record<string, fc.Arbitrary<unknown>>>

const propsOf = (props: t.AnyProps, secrets: fc.Arbitrary<unknown>): Members =>
  Object.fromEntries(
    Object.entries(props).map(([key, codec]) => {
      const values = arbitraryConfig(codec, secrets)
      return [key, acceptsUndefined(codec) ? fc.option(values, { nil: undefined }) : values]
    }),
  )

const refined = (codec: t.Any, { predicate }: t.RefinementType<t.Any>): fc.Arbitrary<unknown> => {
  const { type, minimum, maximum } = toJsonSchema(codec) as {
    readonly type: string
    readonly minimum?: number
    readonly maximum?: number
  }
  const bounds = {
    ...(minimum !== undefined && { min: minimum }),
    ...(maximum !== undefined && { max: maximum }),
  }
  const any: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
    integer: fc.integer(bounds),
    number: fc.double(bounds),
    string: text,
  }
  return (any[type] as fc.Arbitrary<unknown>).filter(predicate)
}
