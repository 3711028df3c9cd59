/** What a text means as a value: variables and options have no types of their own, so the codec decides. */
import type * as t from 'io-ts'
import { compileDecoder } from '../protocol/codec.js'
import { asStock } from '../protocol/codec-stock.js'
import type { SecretFacts } from '../protocol/secret.js'
import type { Setting } from '../protocol/setting.js'

/** @returns where nothing fits, what is likeliest: the codec then says what is wrong with it */
export const fromText = (text: string, codec: t.Any): unknown => {
  const decode = compileDecoder(codec)
  const possible = meanings(text, codec)
  const [likeliest = text] = possible
  return possible.find((value) => decode(value)._tag === 'Right') ?? likeliest
}

const yes: readonly string[] = ['true', 'yes', 'on', '1']
const no: readonly string[] = ['false', 'no', 'off', '0']

const booleans = (text: string): readonly boolean[] => {
  const word = text.trim().toLowerCase()
  return yes.includes(word) ? [true] : no.includes(word) ? [false] : []
}

/** What the text could be, likeliest first. */
const meanings = (text: string, codec: t.Any): readonly unknown[] => {
  const { setting, secret } = codec as Partial<Setting & SecretFacts>
  const within = setting?.of ?? secret?.of
  if (within !== undefined) return meanings(text, within)
  const stock = asStock(codec)
  switch (stock?._tag) {
    case 'BooleanType':
      return booleans(text)
    case 'NumberType':
      return numbers(text)
    case 'LiteralType':
      return [text, ...numbers(text), ...booleans(text)]
    case 'ArrayType':
    case 'ReadonlyArrayType':
      return [...json(text, '['), listed(text, stock.type)]
    case 'UnionType':
      return stock.types.flatMap((type) => meanings(text, type))
    case 'RefinementType':
    case 'ReadonlyType':
    case 'ExactType':
      return meanings(text, stock.type)
    case 'InterfaceType':
    case 'PartialType':
    case 'IntersectionType':
    case 'DictionaryType':
    case 'AnyDictionaryType':
      return json(text, '{')
    default:
      return [text, ...numbers(text), ...json(text, '{'), ...json(text, '[')]
  }
}

/** Those of JSON and of people: `1_000` and `0x10` are none. */
const numbers = (text: string): readonly number[] => {
  const isNumber = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text)
  return isNumber && Number.isFinite(Number(text)) ? [Number(text)] : []
}

const listed = (text: string, item: t.Any): readonly unknown[] =>
  text.trim() === ''
    ? []
    : text
        .replace(/,\s*$/, '')
        .split(',')
        .map((part) => fromText(part.trim(), item))

const json = (text: string, bracket: '{' | '['): readonly unknown[] => {
  if (!text.trimStart().startsWith(bracket)) return []
  try {
    return [JSON.parse(text)]
  } catch {
    return []
  }
}
