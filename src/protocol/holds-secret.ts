/** What a codec is made of, wherever that stands: a list of secrets holds one, and a union with one. */
import type * as t from 'io-ts'
import { asStock } from './codec-stock.js'
import type { SecretFacts } from './secret.js'
import type { Setting } from './setting.js'

export const holdsSecret = (codec: t.Any): boolean =>
  holds(codec, (part) => (part as Partial<SecretFacts>).secret !== undefined)

export const holds = (
  codec: t.Any,
  isIt: (part: t.Any) => boolean,
  within: readonly t.Any[] = [],
): boolean => {
  if (isIt(codec)) return true
  const { setting } = codec as Partial<Setting>
  if (setting !== undefined) return holds(setting.of, isIt, within)
  if (within.includes(codec)) return false // a recursion
  return partsOf(codec).some((part) => holds(part, isIt, [...within, codec]))
}

const partsOf = (codec: t.Any): readonly t.Any[] => {
  const stock = asStock(codec)
  switch (stock?._tag) {
    case 'ExactType':
    case 'ReadonlyType':
    case 'RefinementType':
    case 'ArrayType':
    case 'ReadonlyArrayType':
      return [stock.type]
    case 'UnionType':
    case 'IntersectionType':
    case 'TupleType':
      return stock.types
    case 'InterfaceType':
    case 'PartialType':
      return Object.values(stock.props)
    case 'DictionaryType':
      return [stock.codomain]
    case 'RecursiveType':
      return [stock.runDefinition()]
    default:
      return []
  }
}
