/** Colours of a stream, if it shows any: a terminal, and NO_COLOR is not set. */
import type { WriteStream } from 'node:tty'

type Paint = (text: string) => string

export interface Style {
  readonly bold: Paint
  readonly dim: Paint
  readonly red: Paint
  readonly green: Paint
  readonly yellow: Paint
  readonly cyan: Paint
}

const asIs: Paint = (text) => text
const paint =
  (on: number, off: number): Paint =>
  (text) =>
    `\x1b[${on}m${text}\x1b[${off}m`

export const plain: Style = {
  bold: asIs,
  dim: asIs,
  red: asIs,
  green: asIs,
  yellow: asIs,
  cyan: asIs,
}

export const coloured: Style = {
  bold: paint(1, 22),
  dim: paint(2, 22),
  red: paint(31, 39),
  green: paint(32, 39),
  yellow: paint(33, 39),
  cyan: paint(36, 39),
}

export const styleOf = (stream: WriteStream): Style =>
  stream.isTTY && stream.hasColors() ? coloured : plain

const defaultColumns = 80

/** Columns to draw in: those of the terminal, and 80 elsewhere. */
export const widthOf = (stream: WriteStream): number =>
  stream.isTTY ? stream.columns || defaultColumns : defaultColumns

/** Characters that would move the cursor or more, made harmless. */
export const printable = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
  text.replace(/[\x00-\x1f\x7f-\x9f]+/g, ' ')

/** A line that wraps cannot be drawn over. */
export const cut = (text: string, room: number): string =>
  text.length <= room ? text : `${text.slice(0, Math.max(0, room - 1))}…`
