/** What is wrong with a text that is no YAML, or no JSON. The parser's own words may repeat the text, which may hold a secret. */
import type { Document, ErrorCode } from 'yaml'

export interface SyntaxFault {
  readonly offset: number
  readonly message: string
}

/** What to do about it. Codes that are not here have a message of the parser that repeats nothing. */
const sentences: { readonly [Code in ErrorCode]?: string } = {
  ALIAS_PROPS: 'a text that begins with * or & must stand in quotes',
  BAD_ALIAS: 'a text that begins with * or & must stand in quotes',
  BAD_COLLECTION_TYPE: 'tags have no meaning here: a text that begins with ! must stand in quotes',
  BAD_DIRECTIVE: 'a line that begins with % is a directive of YAML, and this one is unknown',
  BAD_DQ_ESCAPE: 'there is no such escape in a "text": write \\\\ for \\, or use \'single quotes\'',
  BAD_SCALAR_START: 'a text that begins with @, ` or % must stand in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'two settings in one line: a text that holds a colon must stand in quotes',
  KEY_OVER_1024_CHARS: 'a key of more than 1024 letters',
  MULTILINE_IMPLICIT_KEY: 'expected KEY: VALUE here: is a colon missing, or the indentation wrong?',
  MULTIPLE_DOCS: 'a second document begins here: a config file holds one',
  NON_STRING_KEY: 'a key must be a text',
  RESOURCE_EXHAUSTION: 'it nests too deep',
  TAB_AS_INDENT: 'a tab: YAML is indented with spaces',
  TAG_RESOLVE_FAILED: 'tags have no meaning here: a text that begins with ! must stand in quotes',
  UNEXPECTED_TOKEN:
    'nothing can stand here: is a quote, a comma or a line break missing before it?',
}

/** One fault a line: the parser often finds more where it had to guess. */
export const yamlFaults = (
  { errors, warnings }: Document.Parsed,
  lineOf: (offset: number) => number,
): readonly SyntaxFault[] => {
  const byLine = new Map<number, SyntaxFault>()
  for (const { code, message, pos } of [...errors, ...warnings]) {
    const [offset] = pos
    const line = lineOf(offset)
    if (!byLine.has(line)) byLine.set(line, { offset, message: sentences[code] ?? message })
  }
  return [...byLine.values()]
}

/** A comma before a bracket is none of JSON. */
const jsonToken =
  /[\s\uFEFF]*(?:[{}[\]:]|,(?!\s*[}\]])|(?:true|false|null)\b|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|"[^"\\\n\r]*(?:\\.[^"\\\n\r]*)*")/y

/** @param text - that is YAML: more is YAML than is JSON, and others may read the file, too */
export const jsonFaults = (text: string): readonly SyntaxFault[] => {
  if (text.trim() === '') return []
  try {
    JSON.parse(text.replace(/^\uFEFF/, ''))
    return []
  } catch {
    return [
      { offset: firstNoJson(text), message: 'this is no JSON: name the file .yaml if it is YAML' },
    ]
  }
}

/** Where the first text begins that is no part of JSON; its start when all are, in a wrong order. */
const firstNoJson = (text: string): number => {
  let end = 0
  jsonToken.lastIndex = 0
  while (jsonToken.test(text)) end = jsonToken.lastIndex
  const offset = text.slice(end).search(/\S/)
  return offset < 0 ? 0 : end + offset
}
