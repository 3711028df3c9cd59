/** The engine's log as the command passes it on. */
import type { WriteStream } from 'node:tty'
import { stripVTControlCharacters } from 'node:util'
import { prettyLine } from '../logging/pretty-line.js'
import { plain, styleOf } from './style.js'

/** Easier to read on a terminal, and as it is elsewhere. */
export const logLine = (line: string, stream: WriteStream): string => {
  if (!stream.isTTY) return line
  const pretty = prettyLine(line).trimEnd()
  return styleOf(stream) === plain ? stripVTControlCharacters(pretty) : pretty
}
