/** The keys that a codec knows within a value that is set as a whole: a list of sections, or a section that is judged as a whole. */
import type * as t from 'io-ts'
import { asStock } from '../protocol/codec-stock.js'
import type { SecretFacts } from '../protocol/secret.js'
import type { Setting } from '../protocol/setting.js'

/** @param path - from the value to the section whose keys are wanted */
export const knownKeys = (codec: t.Any, path: readonly string[]): readonly string[] => {
  const { setting, secret } = codec as Partial<Setting & SecretFacts>
  const within = setting?.of ?? secret?.of
  if (within !== undefined) return knownKeys(within, path)
  const [key, ...rest] = path
  const below = (part: t.Any | undefined): readonly string[] =>
    key === undefined || part === undefined ? [] : knownKeys(part, rest)
  const stock = asStock(codec)
  switch (stock?._tag) {
    case 'ExactType':
    case 'ReadonlyType':
    case 'RefinementType':
      return knownKeys(stock.type, path)
    case 'RecursiveType':
      return knownKeys(stock.runDefinition(), path)
    case 'UnionType':
    case 'IntersectionType':
      return stock.types.flatMap((type) => knownKeys(type, path))
    case 'ArrayType':
    case 'ReadonlyArrayType':
      return below(stock.type)
    case 'DictionaryType':
      return below(stock.codomain)
    case 'TupleType':
      return below(stock.types[Number(key)])
    case 'InterfaceType':
    case 'PartialType': {
      const names = Object.keys(stock.props)
      if (key === undefined) return names
      return names.includes(key) ? below(stock.props[key]) : []
    }
    default:
      return []
  }
}

/** A path up to the first key that is of the user's choice, and so may be a secret itself. */
export const knownPart = (path: readonly string[], codec: t.Any): readonly string[] => {
  const end = path.findIndex(
    (key, i) => !/^\d{1,6}$/.test(key) && !knownKeys(codec, path.slice(0, i)).includes(key),
  )
  return end < 0 ? path : path.slice(0, end)
}
