/** What somebody may have meant who mistyped a name. */

/** @returns the closest of the names, unless none is close */
export const nearest = (given: string, names: readonly string[]): string | undefined => {
  let best: string | undefined
  let least = Math.max(1, Math.floor(given.length / 3)) + 1
  for (const name of names) {
    const edits = distance(given.toLowerCase(), name.toLowerCase())
    if (edits < least) {
      best = name
      least = edits
    }
  }
  return best
}

/** A sentence to put behind "there is no …". */
export const didYouMean = (given: string, names: readonly string[], prefix = ''): string => {
  const name = nearest(given, names)
  return name === undefined ? '' : ` Did you mean ${prefix}${name}?`
}

/** Letters inserted, left out, replaced, or swapped with their neighbour. */
export const distance = (a: string, b: string): number => {
  let before: number[] = []
  let above = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const isSame = a[i - 1] === b[j - 1]
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row[j] = Math.min(
        (row[j - 1] as number) + 1,
        (above[j] as number) + 1,
        (above[j - 1] as number) + (isSame ? 0 : 1),
        isSwapped ? (before[j - 2] as number) + 1 : Number.POSITIVE_INFINITY,
      )
    }
    before = above
    above = row
  }
  return above[b.length] as number
}
