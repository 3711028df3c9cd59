/** The end of what an engine printed: often the reason why it is gone. */

const most = 20
/** Of one line, in characters. */
const longest = 500

export class LastLines {
  private readonly kept: string[] = []

  add(line: string): void {
    this.kept.push(line.length > longest ? `${line.slice(0, longest - 1)}…` : line)
    if (this.kept.length > most) this.kept.shift()
  }

  get all(): readonly string[] {
    return [...this.kept]
  }
}
