/** The error rate of words, as speech recognition is measured. */

/** Words as they sound, so that spelling and punctuation do not count. */
export const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .replace(/\bmr\b\.?/g, 'mister')
    .replace(/[-–—]/g, ' ')
    .replace(/[^\p{L}\p{N}\s']/gu, '')
    .split(/\s+/)
    .filter(Boolean)

/** How many words were left out, added or taken for others, at least. */
export const wordErrors = (heard: readonly string[], said: readonly string[]): number => {
  let row = said.map((_, index) => index + 1)
  for (const [index, word] of heard.entries()) {
    let diagonal = index
    let left = index + 1
    row = said.map((other, column) => {
      const above = row[column] as number
      left = Math.min(above + 1, left + 1, diagonal + (word === other ? 0 : 1))
      diagonal = above
      return left
    })
  }
  return row.at(-1) ?? heard.length
}
