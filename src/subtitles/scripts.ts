/** What a line may begin and end with, in the scripts that are written without spaces, too. */

/** Runs of what separates words. The spaces that must not be broken at are no such: they belong to a word. */
export const separator =
  /[\t\n\v\f\r \x85\u1680\u2000-\u2006\u2008-\u200b\u2028\u2029\u205f\u3000]+/g

/** Characters next to which a line may end without a space. */
export const spaceless =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\p{Script=Yi}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\u3001-\u303f\u30fc\uff01-\uff60]/u
export const startsSpaceless = new RegExp(`^${spaceless.source}`, 'u')
export const endsSpaceless = new RegExp(`${spaceless.source}$`, 'u')

/** What stands between two texts that become one. */
export const spaceBetween = (before: string, after: string): '' | ' ' =>
  endsSpaceless.test(before.slice(-2)) && startsSpaceless.test(after) ? '' : ' '

/** No line begins with one: closing marks, signs that repeat or lengthen, small letters. */
export const closing =
  /^[\p{Pe}\p{Pf}、。，．・：；？！…‥‼⁇⁈⁉,.:;?!%％‰℃°々〻ヽヾゝゞー～〜–‐゠ァィゥェォッャュョヮヵヶぁぃぅぇぉっゃゅょゎゕゖㇰ-ㇿｧ-ｯｰ｡､･ๆฯໆ៖ៗ។]/u
/** No line ends with one. */
export const opening = /[\p{Ps}\p{Pi}¥￥$＄£￡€]$/u

/** @returns whether the rules of printers (kinsoku) keep the two apart from the ends of lines */
export const isTied = (before: string, after: string): boolean =>
  closing.test(after) || opening.test(before)

const onlyClosing = /^[\p{Pe}\p{Pf}?!:;,.%»。、，．：；？！％]+$/u
const onlyOpening = /^[\p{Ps}\p{Pi}]+$/u

/** The same where a space is between the two, as before `!` in French: `…and` may begin a line. */
export const isTiedBySpace = (before: string, after: string): boolean =>
  onlyClosing.test(after) || onlyOpening.test(before)

const words = new Intl.Segmenter('en', { granularity: 'word' })

/** Where words begin, by the dictionaries of ICU. */
export const wordStarts = (text: string): ReadonlySet<number> =>
  new Set(Array.from(words.segment(text), ({ index }) => index))

/** Particles and endings of Japanese: a line had better not begin with one. */
export const leaning = /^\p{Script=Hiragana}/u
