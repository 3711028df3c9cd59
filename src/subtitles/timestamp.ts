/** Times as files of subtitles have them. In seconds on our side, to the millisecond. */
import { toMs, toSeconds } from './cue.js'

const padded = (value: number, digits = 2): string => `${Math.floor(value)}`.padStart(digits, '0')

/** `00:00:01,500`; more digits from 100 hours on. */
export const timestamp = (seconds: number, mark: ',' | '.'): string => {
  const ms = toMs(seconds)
  const minutes = Math.floor(ms / 60_000)
  const clock = [minutes / 60, minutes % 60, (ms / 1000) % 60].map((it) => padded(it)).join(':')
  return `${clock}${mark}${padded(ms % 1000, 3)}`
}

/** `01:02.50`, in minutes and hundredths. */
export const lyricsTimestamp = (seconds: number): string => {
  const hundredths = Math.round(toMs(seconds) / 10)
  const rest = [(hundredths / 100) % 60, hundredths % 100].map((it) => padded(it))
  return `${padded(hundredths / 6000)}:${rest.join('.')}`
}

const time = /^(?:(\d{1,6}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?$/

/** With or without hours and a fraction, and with either mark. */
export const readTimestamp = (text: string): number | undefined => {
  const found = time.exec(text)
  if (found === null) return undefined
  const [, hours = '0', minutes, seconds, fraction = '0'] = found
  if (Number(minutes) > 59 || Number(seconds) > 59) return undefined
  const whole = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)
  return toSeconds(whole * 1000 + Number(fraction.padEnd(3, '0')))
}
