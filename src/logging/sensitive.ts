/** What no log may show: values that go by certain names, and text that looks like a credential wherever it stands. */
import { hidden } from '../protocol/secret.js'

/** Ends of names, so that `openaiApiKey` and `db_password` are among them, while `maxTokens` is not. */
const namesOfSecrets = [
  'pass[-_]*(?:word|wd|phrase)s?',
  'secrets?',
  'key(?<=(?:api|access|secret|private|signing|encryption)[-_]*key)s?',
  'auth(?:orization)?',
  'cookies?',
  'credentials?',
  'pwd',
  'jwt',
  'bearer',
  'signature',
  'session[-_]*id',
  // A model's `maxTokens` and how many `tokens=5` there are, are no secrets.
  '(?:(?<![\\w-])|(?:access|refresh|api|auth|id|session)[-_]*)tokens(?!=\\d{1,15}(?![\\w.-]))',
  'token(?<!(?:progress|page|bos|eos|pad|unk)[-_]*token)', // these are words of protocols and models
].join('|')

/** The same, and those of parameters in URLs, less exactly: this is looked for in every line. */
const likelyNames =
  '(?:pass[-_]*(?:word|wd|phrase)|secret|key|cookie|credential|token)s?|auth(?:orization)?|sig(?:nature)?|pwd|jwt|bearer|session[-_]*id'

/** What {@link Sensitive} is made of; all of it is hidden beside what is built in. */
export interface RedactionSettings {
  /** Whole names, compared without case, `_` and `-`. */
  readonly keys: readonly string[]
  /** Regular expressions. */
  readonly patterns: readonly string[]
  /**
   * Texts that are known to be secret, to be hidden wherever they stand, and as numbers where these are the whole text.
   * Shorter ones than 6 characters are left out.
   */
  readonly secrets: readonly string[]
}

export interface Sensitive {
  /** A name whose value is hidden. */
  readonly name: RegExp
  /** The same before a value, within a text. */
  readonly named: RegExp
  /** What is replaced in a text, and by what, in this order. */
  readonly texts: readonly (readonly [RegExp, string])[]
  /** Known ones, as they are: numbers may be among them. */
  readonly secrets: ReadonlySet<string>
  /** Of one's own. */
  readonly patterns: readonly RegExp[]
  /**
   * There may be something to be hidden, but for what `patterns` match, in a text where one of these matches, also if it
   * is written as JSON. Several, since each alone lets V8 skip ahead: in one expression they take half as long again.
   */
  readonly hints: readonly RegExp[]
}

/** @throws SyntaxError for a pattern that is no regular expression */
export const sensitive = ({ keys, patterns, secrets }: RedactionSettings): Sensitive => {
  const own = keys.map((key) => key.replace(/[-_]/g, '')).filter((key) => key !== '')
  const names = [namesOfSecrets, ...own.map((key) => `(?<![\\w-])${spelled(key)}`)].join('|')
  const likely = [likelyNames, ...own.map(spelled), ...own.map(inJson).map(spelled)].join('|')
  const long = secrets.filter(({ length }) => length >= shortestSecret)
  const forms = formsOf(long)
  const known = forms.length === 0 ? [] : [forms]
  return {
    name: new RegExp(`(?:${names})[-_]*$`, 'i'),
    named: new RegExp(before(names), 'i'),
    texts: [
      ...known.map((its) => wholly(anyOf(its))),
      ...[...values(names), ...shapesAfter()].map((it) => [it, `$1${hidden}`] as const),
      ...shapes().map(wholly),
    ],
    secrets: new Set(long),
    patterns: patterns.map((pattern) => new RegExp(pattern, 'g')),
    hints: [
      new RegExp(before(likely), 'i'),
      ...shapeHints(),
      ...known.map((its) => new RegExp(anyOf([...its, ...its.map(inJson)]).source)),
    ],
  }
}

const wholly = (pattern: RegExp) => [pattern, hidden] as const

const anyOf = (texts: readonly string[]): RegExp => new RegExp(texts.map(literal).join('|'), 'g')

/** A name, a quote perhaps, escaped perhaps, and what stands before a value. */
const before = (names: string): string => `(?:${names})[-_]*[\\\\"'\`]* *[:=]`

/**
 * Values of names in a text: quoted, or in brackets, as in JSON and as Node shows objects, or with `=`. An end that was cut off counts as one.
 * The first group stays.
 */
const values = (names: string): RegExp[] => [
  new RegExp(`(${before(names)}>?\\s*")[^"\\\\]*(?:\\\\[^][^"\\\\]*)*\\\\?`, 'gi'),
  new RegExp(`(${before(names)}>?\\s*')[^'\\\\]*(?:\\\\[^][^'\\\\]*)*\\\\?`, 'gi'),
  new RegExp(`(${before(names)}>?\\s*\`)[^\`\\\\]*(?:\\\\[^][^\`\\\\]*)*\\\\?`, 'gi'),
  new RegExp(`(${before(names)}\\s*\\\\+")[^"]*`, 'gi'), // JSON in JSON
  new RegExp(`(${before(names)}\\s*[[{])[^\\]}]*`, 'gi'), // what is nested deeper is looked at by its own names
  new RegExp(
    `((?:${names})[-_]*=)(?!(?:true|false|null|undefined)\\b)[^\\s&;"'\`=>][^\\s&;"'\`]*`,
    'gi',
  ),
]

/**
 * The first group stays. None of these may look ahead over an unbounded text that the next match would look over again: all
 * of them take linear time, whatever they are given.
 */
const shapesAfter = (): readonly RegExp[] => [
  // A header, to the end of its line, which may be written as in code.
  /\b((?:cookie|x-api-key|authorization):[ \t]*)(?!(?:true|false|null|undefined)\b)(?=[^\s"'`[{\\])(?:[^\r\n\\]|\\(?![rn]))+/gi,
  /(-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----)[^-]*(?:-{1,4}(?!-)[^-]*)*/g,
  /(:\/\/[^\s/?#:@"<>\\]*:)[^\s/?#"<>\\]*(?=@)/g,
  /([?&;#](?:[\w.-]*[-_.])?(?:key|sig|signature)=)[^&\s#"'<>]+/gi,
  /\b(bearer\s+)[\w.~+/:=-]{6,}/gi,
  // The word alone is English: what follows must be more than one.
  /\b((?:[Bb]asic|BASIC)\s+)(?=.[a-z]*[A-Z\d+/=])[\w+/-]{8,}={0,2}/g,
]

/** Tokens that tell by themselves what they are; `eyJ` is how base64 of a JSON object begins, as a JWT is. */
const shapes = (): readonly RegExp[] => [
  /eyJ[\w-]{10,}(?:\.{1,2}[\w-]+)*/g,
  /(?<![A-Za-z\d])(?:[sr]k[-_]|gh[opsur]_|github_pat_|glpat-|hf_|xox[a-z]-)[\w-]{10,}/g,
  /(?<![A-Za-z\d])(?:AIza[\w-]{30,}|A[KS]IA[A-Z\d]{12,})/g,
]

const shapeHints = (): readonly RegExp[] => [
  /:\/\/[^\s/?#]*@/,
  /(?:bearer|basic)[\s\\]/i,
  /[-_](?<=(?:gh[opsur]|hf|pat|[sr]k|xox[a-z])[-_])[\w-]{10}|--BEGIN |eyJ[\w-]{10}|I(?:za(?<=AIza)|A(?<=A[KS]IA))/,
]

const shortestSecret = 6

/** As it is, in JSON and in a URL; the longest first, as one may begin another. */
const formsOf = (secrets: readonly string[]): string[] => {
  const forms = secrets.flatMap((secret) => [secret, inJson(secret), inUrl(secret)])
  return [...new Set(forms)].sort((a, b) => b.length - a.length)
}

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1)

const inUrl = (text: string): string => {
  try {
    return encodeURIComponent(text)
  } catch {
    return text // half a character has no such form
  }
}

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')

/** A name with `_` and `-` anywhere in it. */
const spelled = (name: string): string => [...name].map(literal).join('[-_]*')
