/** What happens while files are transcribed, in lines for people. */
import { printable, type Style } from './style.js'
import { span } from './time-text.js'
import type { Failure, TranscribeEvent } from './transcribe-events.js'

/** @returns undefined for what is not worth a line of its own */
export const eventLine = (event: TranscribeEvent, style: Style): string | undefined => {
  switch (event.type) {
    case 'engine':
      return style.dim(`${event.engine}, model ${printable(event.model)}`)
    case 'skipped':
      return `${style.dim('=')} ${nameOf(event)} was done before: ${outputsOf(event)}`
    case 'repeated':
      return `${style.yellow('!')} ${nameOf(event)} is begun once more: ${printable(event.why)}`
    case 'done':
      return doneLines(event, style)
    case 'failed':
      return failureLines(`${nameOf(event)}: `, event, style)
    case 'unable':
      return failureLines('', event, style)
    case 'stopping':
      return event.why
    case 'end':
      return endLine(event)
    case 'starting':
    case 'sent':
    case 'started':
    case 'progress':
    case 'segment':
      return undefined
  }
}

const nameOf = ({ file }: { readonly file: string }): string => printable(file)
const outputsOf = ({ outputs }: { readonly outputs: readonly string[] }): string =>
  outputs.map(printable).join(', ')

const failureLines = (before: string, { kind, message, hint }: Failure, style: Style): string =>
  [
    `${style.red('✗')} ${before}${printable(message)} ${style.dim(`(${printable(kind)})`)}`,
    ...(hint === undefined ? [] : [`  ${printable(hint)}`]),
  ].join('\n')

const doneLines = (event: TranscribeEvent & { type: 'done' }, style: Style): string => {
  const { duration, tookMs, speed, language, emptyReason, warnings } = event
  const figures = `${span(duration * 1000)} in ${span(tookMs)}, ${times(speed)}, ${printable(language)}`
  const to = event.outputs.length > 0 ? ` → ${outputsOf(event)}` : ''
  return [
    `${style.green('✓')} ${nameOf(event)}${to}  ${style.dim(figures)}`,
    ...(emptyReason === undefined ? [] : [`  ${style.yellow('Nobody speaks in it.')}`]),
    ...warnings.map(
      ({ message, start }) =>
        `  ${style.yellow('!')} ${printable(message)}${start === undefined ? '' : style.dim(` at ${span(start * 1000)}`)}`,
    ),
  ].join('\n')
}

/** Seconds of audio in one second: `12.3×`. */
export const times = (speed: number): string => `${speed.toFixed(speed < 10 ? 2 : 1)}×`

/** Of one file, its own line says it all. */
const endLine = ({ done, skipped, failed, left }: TranscribeEvent & { type: 'end' }) => {
  if (done + skipped + failed + left < 2) return undefined
  const parts = [
    `${done} transcribed`,
    ...(skipped > 0 ? [`${skipped} done before`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(left > 0 ? [`${left} left: the same again goes on with them`] : []),
  ]
  return parts.join(', ')
}
