/** Whether a codec is of a secret, or of what holds one: a list of secrets, a union with one. */
import type * as t from 'io-ts'
import { asStock } from './codec-stock.js'
import type { SecretFacts } from './secret.js'
import type { Setting } from './setting.js'

export const holdsSecret = (codec: t.Any, within: readonly t.Any[] = []): boolean => {
  const { secret, setting } = codec as Partial<SecretFacts & Setting>
  if (secret !== undefined) return true
  if (setting !== undefined) return holdsSecret(setting.of, within)
  if (within.includes(codec)) return false // a recursion
  return partsOf(codec).some((part) => holdsSecret(part, [...within, codec]))
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
