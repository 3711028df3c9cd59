/** Keeps what others may choose from growing into endless series of metrics. */
import { other } from './names.js'

/** Lets the first so many distinct names pass, always; all others become `_OTHER`. */
export const boundedNames = <N>(limit: number): ((name: N) => N | typeof other) => {
  const known = new Set<N>()
  return (name) => {
    if (known.has(name)) return name
    if (known.size === limit) return other
    known.add(name)
    return name
  }
}
