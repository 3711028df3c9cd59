/** Facts as a record shows them: with their errors told, and under names that are not the record's own. */
import { isError, type LogFacts } from '../ports/logger.js'

/** What a record says of itself. A second key of that name would spoil it. */
const ownNames = ['level', 'time', 'pid', 'hostname', 'msg']
/** Errors that lie deeper are not looked for: facts may lead to all that a socket knows. */
const deepest = 8

/**
 * @param record - what is told of an error; does not throw
 * @returns takes facts and returns them with every error replaced, and `level_` in the place of `level`; the same object
 *   where there is nothing to replace. A getter that throws is left to whoever prints the facts.
 */
export const recordFacts =
  (record: (error: unknown) => unknown) =>
  (facts: LogFacts): LogFacts => {
    /** What became of each object. One that is looked at is itself until then, so that a circle ends. */
    const told = new Map<object, unknown>()
    const tell = (value: unknown, depth: number): unknown => {
      if (typeof value !== 'object' || value === null || depth > deepest) return value
      if (told.has(value)) return told.get(value)
      const shown = isError(value) ? (record(value) as object) : value
      told.set(value, shown)
      const whole = copied(shown, (inner) => tell(inner, depth + 1))
      told.set(value, whole)
      return whole
    }
    return underFreeNames(tell(facts, 0) as LogFacts)
  }

/** With what is in it replaced; the same object where that is the same, or where it cannot be read. */
const copied = (value: object, replace: (inner: unknown) => unknown): object => {
  try {
    if (ArrayBuffer.isView(value) || 'toJSON' in value) return value // tells of itself
    if (Array.isArray(value)) {
      const items = value.map(replace)
      return items.some((item, index) => item !== value[index]) ? items : value
    }
    const changed: [string, unknown][] = []
    for (const key of Object.keys(value)) {
      const inner = (value as Readonly<Record<string, unknown>>)[key]
      const its = replace(inner)
      if (its !== inner) changed.push([key, its])
    }
    return changed.length === 0 ? value : { ...value, ...Object.fromEntries(changed) }
  } catch {
    return value
  }
}

const underFreeNames = (facts: LogFacts): LogFacts => {
  if (!ownNames.some((name) => Object.hasOwn(facts, name))) return facts
  const freeName = (name: string): string => {
    let free = name
    while (ownNames.includes(free) || (free !== name && Object.hasOwn(facts, free))) free += '_'
    return free
  }
  return Object.fromEntries(Object.entries(facts).map(([name, its]) => [freeName(name), its]))
}
