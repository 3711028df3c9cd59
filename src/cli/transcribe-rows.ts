/** A file that is transcribed, as a line: its bar, how fast it is against real time, and how long it will take. */
import { columnsOf } from '../subtitles/columns.js'
import { bar, percent } from './progress.js'
import { printable, type Style } from './style.js'
import { shortSpan } from './time-text.js'
import { paceOf, type Running } from './transcribe-pace.js'
import { times } from './transcribe-text.js'

const barColumns = 30
const nameColumns = 32

/** @param columns - of the terminal. @param now - in milliseconds */
export const rows = (
  files: readonly Running[],
  columns: number,
  now: number,
  style: Style,
): readonly string[] => {
  const names = files.map(({ file }) => shortened(printable(file)))
  const widest = Math.max(0, ...names.map(columnsOf))
  return files.map((file, index) => {
    const name = names[index] as string
    const padded = `${name}${' '.repeat(widest - columnsOf(name))}`
    return `${padded}  ${figures(file, columns - widest - 2, now, style)}`
  })
}

/** Its end tells more than its beginning: folders are in front. */
const shortened = (name: string): string => {
  if (columnsOf(name) <= nameColumns) return name
  const chars = [...name]
  while (columnsOf(chars.join('')) >= nameColumns) chars.shift()
  return `…${chars.join('')}`
}

const figures = (running: Running, columns: number, now: number, style: Style): string => {
  if (running.startedAt === undefined) return style.dim('waits for the model')
  const { ratio, speed, leftMs } = paceOf(running, now)
  const told = [
    ...(speed === undefined ? [] : [times(speed)]),
    ...(leftMs === undefined ? [] : [`${shortSpan(leftMs)} left`]),
  ].join('  ')
  const room = columns - told.length - 10
  const drawn = bar(ratio, Math.max(0, Math.min(barColumns, room)), style)
  return `${drawn} ${percent(ratio)}${told === '' ? '' : `  ${style.dim(told)}`}`
}
