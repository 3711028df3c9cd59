/** What happens while a call runs, on stderr: a line that changes on a terminal, and few plain ones elsewhere. */
import type { WriteStream } from 'node:tty'
import { bar, type Progress, percent, readProgress } from './progress.js'
import { cut, styleOf, widthOf } from './style.js'

export interface Display {
  progress(value: unknown): void
  /** Prints a line of its own. */
  line(text: string): void
  /** Nothing more will change. */
  end(): void
}

export const displayOn = (stream: WriteStream, label: string): Display =>
  stream.isTTY ? new TerminalDisplay(stream, label) : plainDisplay(stream, label)

/** For results that are to be read by a program. */
export const quietDisplay = (stream: WriteStream): Display => ({
  progress: () => {},
  line: (text) => void stream.write(`${text}\n`),
  end: () => {},
})

/** One line each so many parts of the whole. */
const steps = 4

const plainDisplay = (stream: WriteStream, label: string): Display => {
  let step = 0
  return {
    ...quietDisplay(stream),
    progress: (value) => {
      const { ratio = 0, text } = readProgress(value)
      if (Math.floor(ratio * steps) <= step) return
      step = Math.floor(ratio * steps)
      stream.write(`${label} ${percent(ratio)}  ${text}\n`)
    },
  }
}

/** A call that is done before shows nothing, in milliseconds. */
const patienceMs = 200
const frameMs = 80
const spinner = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'
const barColumns = 30

class TerminalDisplay implements Display {
  private readonly stream: WriteStream
  private readonly label: string
  private readonly startedAt = Date.now()
  private readonly timer: NodeJS.Timeout
  private latest: Progress | undefined
  private values = 0
  private isDrawn = false

  constructor(stream: WriteStream, label: string) {
    this.stream = stream
    this.label = label
    this.timer = setInterval(() => this.draw(), frameMs).unref()
  }

  progress(value: unknown): void {
    this.latest = readProgress(value)
    this.values += 1
  }

  line(text: string): void {
    this.clear()
    this.stream.write(`${text}\n`)
  }

  end(): void {
    clearInterval(this.timer)
    this.clear()
  }

  private clear(): void {
    if (this.isDrawn) this.stream.write('\r\x1b[2K')
    this.isDrawn = false
  }

  private draw(): void {
    const ms = Date.now() - this.startedAt
    if (ms < patienceMs) return
    const style = styleOf(this.stream)
    const { ratio, text = '' } = this.latest ?? {}
    const sign = style.cyan(spinner[Math.floor(ms / frameMs) % spinner.length] as string)
    const seconds = `${(ms / 1000).toFixed(1)} s`
    const room = widthOf(this.stream) - this.label.length - 12
    const line =
      ratio === undefined
        ? `${sign} ${this.label}  ${style.dim(cut(`${seconds}${this.counted(text)}`, room))}`
        : `${this.label} ${bar(ratio, Math.max(0, Math.min(barColumns, room - 10)), style)} ${percent(ratio)}  ${style.dim(cut(text, room - barColumns))}`
    this.stream.write(`\r\x1b[2K${line}`)
    this.isDrawn = true
  }

  private counted(text: string): string {
    return this.values === 0
      ? ''
      : `, ${this.values} ${this.values === 1 ? 'value' : 'values'}, the last one ${text}`
  }
}
