/** Who waits, first come first served; any may leave before its turn. */
export class WaitingLine<T> {
  private readonly members = new Set<T>()
  /** Kept from turn to turn: a new one would step over all who have left, which for 100,000 takes seconds. */
  private walk = this.members.values()

  get size(): number {
    return this.members.size
  }

  add(member: T): void {
    this.members.add(member)
  }

  /** @returns whether it was there */
  delete(member: T): boolean {
    return this.members.delete(member)
  }

  /** Takes the first off; undefined when there is none. */
  shift(): T | undefined {
    let { value } = this.walk.next()
    if (value === undefined) {
      this.walk = this.members.values() // one that has come to the end stays there
      ;({ value } = this.walk.next())
    }
    if (value !== undefined) this.members.delete(value)
    return value
  }
}
