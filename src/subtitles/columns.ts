/** How long a text is to the eye. */

const isNarrow = /^[\x20-\x7e]*$/
const clusters = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** What a reader takes for one character each: a letter with its accents, or all that is joined to one picture. */
export const clustersOf = (text: string): readonly string[] =>
  isNarrow.test(text) ? [...text] : Array.from(clusters.segment(text), ({ segment }) => segment)

/** East Asian characters that are as wide as high, by their blocks, and pictures. */
const wide =
  /^(?:[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u3247\u3250-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1aff0}-\u{1b2ff}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|.\ufe0f)/su
const invisible = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]+$/u

/** One, or two of a wide cluster: what marks, joins or turns what stands beside it takes no room. */
export const columnsOfCluster = (cluster: string): number => {
  if (wide.test(cluster)) return 2
  return invisible.test(cluster) ? 0 : 1
}

export const columnsOf = (text: string): number => {
  if (isNarrow.test(text)) return text.length
  return clustersOf(text).reduce((sum, cluster) => sum + columnsOfCluster(cluster), 0)
}
