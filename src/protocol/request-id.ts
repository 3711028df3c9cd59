/** Ids of requests: echoed as they came, compared by value and type. */
import { type BatchText, type JsonPath, numberTextAt } from './json-text.js'

/** A number that JavaScript cannot hold exactly; it is known by its digits. */
export interface ExactNumber {
  readonly digits: string
}

export type RequestId = string | number | null | ExactNumber

/**
 * Reads the id of a message.
 *
 * @param id - the value that `JSON.parse` made of it
 * @param text - the JSON text, searched only for a number that is no safe integer
 * @param path - where the id stands in the text
 * @returns undefined when it is none: neither string, number nor null, or beyond the range of numbers
 */
export const readId = (
  id: unknown,
  text: string | BatchText,
  path: JsonPath,
): RequestId | undefined => {
  if (typeof id === 'string' || id === null || Number.isSafeInteger(id)) {
    return id as string | number | null
  }
  if (typeof id !== 'number' || !Number.isFinite(id)) return undefined
  const digits = typeof text === 'string' ? numberTextAt(text, path) : text.numberAt(path)
  return digits === undefined ? undefined : { digits }
}

/** A key for a Map, different for every two ids that differ. A string is its own key unless it could be taken for digits. */
export const idKey = (id: string | number | ExactNumber): string | number => {
  if (typeof id === 'number') return id
  if (typeof id === 'string') return id.charCodeAt(0) === 0 ? `\0\0${id}` : id
  return `\0${id.digits}`
}

/** The JSON text of an id. */
export const idText = (id: RequestId): string => {
  if (typeof id === 'number') return `${id}`
  if (typeof id === 'string') return JSON.stringify(id)
  return id === null ? 'null' : id.digits
}
