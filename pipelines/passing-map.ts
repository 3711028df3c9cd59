/**
 * A Map of what comes and goes with the calls. V8 leaves the tables that a Map has outgrown linked to those after them: one
 * that has become old keeps all that came since, dead as it is, until a full collection. Where calls were traced and their
 * handlers took their time, a quarter of it went into copying them. So what is there moves to a new Map now and then.
 */

/** Moving costs each member that comes a quarter of a copy, at most. */
const perMember = 4
/** Far fewer than come between two collections. */
const atLeast = 256

export class PassingMap<K, V> {
  private members = new Map<K, V>()
  /** Since the Map was new. */
  private added = 0

  get size(): number {
    return this.members.size
  }

  get(key: K): V | undefined {
    return this.members.get(key)
  }

  has(key: K): boolean {
    return this.members.has(key)
  }

  set(key: K, value: V): void {
    if (this.added >= atLeast && this.added >= perMember * this.members.size) {
      this.members = new Map(this.members)
      this.added = 0
    }
    this.added += 1
    this.members.set(key, value)
  }

  delete(key: K): void {
    this.members.delete(key)
  }

  /** As they are now, in the order in which they came. */
  values(): V[] {
    return [...this.members.values()]
  }
}
