/** Values of OTLP/JSON, as far as they are what they should be. */

export type AttributeValue =
  | string
  | number
  | boolean
  | null
  | readonly AttributeValue[]
  | { readonly [key: string]: AttributeValue }
export type Attributes = Readonly<Record<string, AttributeValue>>

/** An object of which nothing is known yet. */
export type Json = { readonly [key: string]: Json } | undefined

export const isThere = <T>(value: T | undefined): value is T => value !== undefined

export const fieldsOf = (value: unknown): Json =>
  typeof value === 'object' && value !== null ? (value as NonNullable<Json>) : undefined

export const listOf = (value: unknown): readonly NonNullable<Json>[] =>
  Array.isArray(value) ? value.map(fieldsOf).filter(isThere) : []

export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined

export const messageOf = (value: unknown): { readonly message?: string } =>
  typeof value === 'string' && value !== '' ? { message: value } : {}

/** Hex digits; all zeros stand for none. */
const isId = /^(?!0+$)[0-9a-f]+$/i

export const idOf = (value: unknown, digits: 16 | 32): string | undefined =>
  typeof value === 'string' && value.length === digits && isId.test(value)
    ? value.toLowerCase()
    : undefined

/** A string, as a number cannot hold it exactly. Some write a number all the same. */
export const timeOf = (value: unknown): bigint | undefined => {
  if (typeof value === 'string' && /^\d{1,20}$/.test(value)) return BigInt(value)
  return Number.isInteger(value) && (value as number) >= 0 ? BigInt(value as number) : undefined
}

export const later = (a: bigint, b: bigint): bigint => (b - a > 0n ? b : a)

export const attributesOf = (list: unknown, depth = 0): Attributes =>
  Object.fromEntries(
    listOf(list).flatMap(({ key, value }) => {
      const name = textOf(key)
      return name === undefined ? [] : [[name, anyValue(value, depth)]]
    }),
  )

/** What is deeper is left out, as it might be too deep for the stack. */
const deepest = 100

/** An AnyValue: an object whose one field says what it is. */
const anyValue = (any: unknown, depth: number): AttributeValue => {
  const value = fieldsOf(any) ?? {}
  const valuesIn = (name: string): unknown => fieldsOf(value[name])?.['values']
  if (depth > deepest) return null
  if ('intValue' in value) return integerOf(value['intValue'])
  if ('arrayValue' in value)
    return listOf(valuesIn('arrayValue')).map((item) => anyValue(item, depth + 1))
  if ('kvlistValue' in value) return attributesOf(valuesIn('kvlistValue'), depth + 1)
  for (const name of ['stringValue', 'doubleValue', 'boolValue', 'bytesValue']) {
    const plain: unknown = value[name]
    if (typeof plain === 'string' || typeof plain === 'number' || typeof plain === 'boolean')
      return plain
  }
  return null
}

/** 64 bits are written as a string, which stays one when a number cannot hold it. */
const integerOf = (value: unknown): number | string | null => {
  const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value
  if (Number.isSafeInteger(number)) return number as number
  return typeof value === 'string' || typeof value === 'number' ? value : null
}
