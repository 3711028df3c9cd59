/** One value that one layer sets. */
import type { Value } from './schema.js'

/** From what gives way to what wins. */
export const layerNames = ['default', 'engine', 'file', 'environment', 'flag', 'runtime'] as const
export type LayerName = (typeof layerNames)[number]

export interface Entry {
  readonly path: readonly string[]
  readonly node: Value
  /** As it would stand in a file, references of secrets resolved and paths made absolute. */
  readonly value: unknown
  readonly layer: LayerName
  /** Where it stands: `file:line:column`, the name of a variable, the option that was typed. */
  readonly source: string
}

export const keyOf = (path: readonly string[]): string => path.join('.')

/** Of a path in a Map: keys may hold dots. */
export const placeOf = (path: readonly string[]): string => JSON.stringify(path)
