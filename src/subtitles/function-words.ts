/**
 * Small words of some languages of Europe, by what a reader expects around them. All are looked up in one list, as
 * nobody has to tell the language: a word that means something else in another one only makes a place a little better
 * or worse.
 */

const wordsOf = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/))

/** Clauses begin with them, or with such a subject: a line had better end before one, and not with it. */
const openers = wordsOf(
  `and but or nor because although though unless until while whereas when whenever where how why what which who whose
  that than if i he she we they
  und oder aber sondern denn weil dass daß ob obwohl damit wenn als falls während wie warum ich er wir
  et ou mais donc car parce que qui dont lorsque quand comment pourquoi je ils
  y pero porque aunque cuando donde mientras sino cómo
  e ma perché che quando mentre
  mas embora enquanto onde
  en maar omdat dat hoewel terwijl wanneer hoe`,
)

/** Articles, prepositions, pronouns before their verbs, and verbs before others: no line should end with one. */
const forerunners = wordsOf(
  `a an the to of in on at by for from with without into onto upon about as not no very
  my your his our their this these those every each some any
  is are was were be been am have has had do does did will would can could may might must shall should
  der die das den dem des ein eine einen einem einer eines kein keine keinen mein meine dein deine seine seinen ihre
  ihren unser unsere zu zum zur mit von vom im am an auf aus bei für nach über unter vor durch gegen ohne um
  le la les un une des du de au aux à dans sur sous par pour avec sans chez vers mon ma mes sa ses notre votre leur ce
  cette ces tu il elle nous vous elles
  el los las una unos unas del al con para por sin sobre su sus mi
  lo gli uno di della dei delle dal dalla nel nella tra fra
  os um uma da dos das em na nas nos com sem
  de het een van voor naar bij op te`,
)

/** Without what opens a quote or a bracket before it. */
const plain = (word: string): string => word.replace(/^[\p{Ps}\p{Pi}"'¿¡]+/u, '').toLowerCase()

export const opensClause = (word: string): boolean => openers.has(plain(word))

/** @returns whether it says little without the next one */
export const leansOnNext = (word: string): boolean =>
  forerunners.has(plain(word)) || openers.has(plain(word))
