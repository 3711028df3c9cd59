/** Equality for tests: deep and strict, and an Error is more than its class. */
import { isDeepStrictEqual } from 'node:util'

/** What Errors carry where `isDeepStrictEqual` does not look: not enumerable, or inherited. */
const errorFacts = ['code', 'kind', 'data', 'cause', 'errors'] as const

type Keyed = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** Of two values that are deeply equal: are the Errors in them, too? */
const sameErrors = (a: unknown, b: unknown, seen: Set<object>): boolean => {
  if (!isObject(a) || !isObject(b) || seen.has(a)) return true
  seen.add(a)
  if (a instanceof Error) {
    for (const fact of errorFacts) {
      if (!same((a as unknown as Keyed)[fact], (b as unknown as Keyed)[fact], seen)) return false
    }
  }
  if (a instanceof Map && b instanceof Map) {
    for (const [key, value] of a) if (!sameErrors(value, b.get(key), seen)) return false
  }
  return Object.entries(a).every(([key, value]) => sameErrors(value, (b as Keyed)[key], seen))
}

const same = (a: unknown, b: unknown, seen: Set<object>): boolean =>
  Object.is(a, b) || (isDeepStrictEqual(a, b) && sameErrors(a, b, seen))

/**
 * `isDeepStrictEqual`, and for Errors anywhere in the values: equal name, message, code, kind, data, cause, errors
 * and own enumerable properties.
 */
export const sameValue = (a: unknown, b: unknown): boolean => same(a, b, new Set())
