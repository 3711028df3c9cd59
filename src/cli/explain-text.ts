/** A black box in words. */
import { stripVTControlCharacters } from 'node:util'
import type { BlackBoxFile } from '../host/black-box.js'
import { readRecord } from '../host/log-record.js'
import { prettyLine } from '../logging/pretty-line.js'
import { timelineOf } from './black-box-timeline.js'
import { meaningOf } from './end-reasons.js'
import { cut, plain, printable, type Style } from './style.js'
import { span } from './time-text.js'

const mostMoments = 15
const mostStderrLines = 12
const mostOpen = 5

/** In a sentence or two: what happened, what that commonly means, and what helps. */
export const explanation = (box: BlackBoxFile): string => {
  const { means, next } = meaningOf(box)
  return `${printable(box.key)} ended after ${lifeOf(box)}: ${happened(box)}. ${means} ${next}`
}

export const explainText = (box: BlackBoxFile, style: Style, columns: number): string => {
  const { key, engine, epoch, pid, command, endedAt, startedAt, stack = [], reason } = box
  const { means, next } = meaningOf(box)
  const process = pid === undefined ? 'no process' : `process ${pid}`
  const { moments, open } = timelineOf(box.entries)
  const shown = moments.slice(-mostMoments).map(({ at, kind, text, times }) => {
    const count = times === 1 ? '' : ` (${times} times)`
    const when = style.dim(relative(at, endedAt).padStart(10))
    return `${when} ${signs[kind]} ${cut(`${text}${count}`, columns - 14)}`
  })
  const left = moments.length - shown.length
  const section = (title: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : ['', style.bold(title), ...lines]
  return [
    `${style.red('✗')} ${style.bold(printable(key))} ended: ${happened(box)} ${style.dim(`(${reason})`)}`,
    ...wrapped(means, columns),
    ...wrapped(next, columns),
    '',
    style.dim(
      cut(
        `${engine === key ? '' : `${printable(engine)}, `}${process}, start ${epoch}, ${printable(command)}`,
        columns,
      ),
    ),
    style.dim(`${clock(startedAt)} started, ${clock(endedAt)} ended, after ${lifeOf(box)}`),
    ...section('Where it was', stack.map(printable)),
    ...section(
      'Calls that were open',
      open
        .slice(0, mostOpen)
        .map(({ call, since }) => `  ${call}, for ${span(Date.parse(endedAt) - Date.parse(since))}`)
        .concat(open.length > mostOpen ? [`  and ${open.length - mostOpen} more`] : []),
    ),
    ...section('The last of its time', [
      ...(left > 0 ? [style.dim(`${left} earlier ones are in the file`)] : []),
      ...shown,
    ]),
    ...section('What it printed last', lastLines(box.stderr, style)),
  ].join('\n')
}

const signs = { '>': '→', '<': '←', tick: '♥', event: '·' } as const

const happened = ({ message }: BlackBoxFile): string => {
  const text = printable(message)
  return `${text[0]?.toLowerCase() ?? ''}${text.slice(1)}`
}

const lifeOf = ({ startedAt, endedAt }: BlackBoxFile): string =>
  span(Math.max(0, Date.parse(endedAt) - Date.parse(startedAt)))

const clock = (at: string): string => new Date(at).toISOString().replace('T', ' ').slice(0, 19)

const relative = (at: string, end: string): string => {
  const ms = Date.parse(end) - Date.parse(at)
  return ms < 60_000 ? `-${(ms / 1000).toFixed(3)} s` : `-${span(ms)}`
}

/** As the engine printed them, easier to read where they are records. */
const lastLines = (stderr: string, style: Style): readonly string[] =>
  stderr
    .split(/[\r\n]+/)
    .filter((line) => line.trim() !== '')
    .slice(-mostStderrLines)
    .map((line) => `  ${readable(line, style)}`)

const readable = (line: string, style: Style): string => {
  const { source, level, message } = readRecord(line)
  if (source !== 'pino') return printable(stripVTControlCharacters(line))
  const { time } = JSON.parse(line) as { time?: unknown }
  if (typeof time === 'number') return prettyLine(line, style !== plain).trimEnd()
  return `${level.toUpperCase()} ${printable(message)}`
}

const wrapped = (text: string, columns: number): readonly string[] => {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const line = lines.at(-1)
    if (line === undefined || line.length + word.length + 1 > columns) lines.push(word)
    else lines[lines.length - 1] = `${line} ${word}`
  }
  return lines
}
