/** Shows how files are transcribed: as bars on a terminal, as plain lines elsewhere, or as JSON for programs. All but JSON is on stderr: stdout is for transcripts. */
import { type HostRecord, recordLine } from './host-log.js'
import { logLine } from './log-line.js'
import { bar, percent } from './progress.js'
import { Screen } from './screen.js'
import { cut, printable, type Style, styleOf, widthOf } from './style.js'
import { shortSpan } from './time-text.js'
import type { TranscribeEvent, TranscribeView } from './transcribe-events.js'
import { paceOf, type Running } from './transcribe-pace.js'
import { eventLine, times } from './transcribe-text.js'

export const viewOf = ({ isJson }: { readonly isJson: boolean }): TranscribeView => {
  if (isJson) return jsonView()
  return process.stderr.isTTY && process.env['TERM'] !== 'dumb' ? new TerminalView() : plainView()
}

const { stdout, stderr } = process
const logged = (record: HostRecord): string => logLine(recordLine(record, Date.now()), stderr)
const log = (record: HostRecord): void => void stderr.write(`${logged(record)}\n`)

const jsonView = (): TranscribeView => ({
  event: (event) => {
    stdout.write(`${JSON.stringify({ time: new Date().toISOString(), ...event })}\n`)
  },
  record: log,
  end: () => {},
})

/** One line each so many parts of the whole. */
const steps = 4

const plainView = (): TranscribeView => {
  const done = new Map<string, number>()
  const style = styleOf(stderr)
  return {
    event: (event) => {
      const line = event.type === 'progress' ? stepLine(event, done) : eventLine(event, style)
      if (line !== undefined) stderr.write(`${line}\n`)
    },
    record: log,
    end: () => {},
  }
}

const stepLine = (
  { file, ratio }: TranscribeEvent & { type: 'progress' },
  done: Map<string, number>,
): string | undefined => {
  const step = Math.floor(ratio * steps)
  if (step <= (done.get(file) ?? 0) || step === steps) return undefined // its end has a line of its own
  done.set(file, step)
  return `${printable(file)} ${percent(ratio).trim()}`
}

const barColumns = 30
const nameColumns = 32

class TerminalView implements TranscribeView {
  private readonly running = new Map<string, Running>()
  private readonly style = styleOf(stderr)
  private readonly screen = new Screen(stderr, () => this.block())

  event(event: TranscribeEvent): void {
    this.follow(event)
    const line = eventLine(event, this.style)
    if (line === undefined) this.screen.refresh()
    else this.screen.print(line)
  }

  record(record: HostRecord): void {
    this.screen.print(logged(record))
  }

  end(): void {
    this.running.clear()
    this.screen.end()
  }

  private follow(event: TranscribeEvent): void {
    const at = performance.now()
    switch (event.type) {
      case 'sent':
      case 'repeated':
        this.running.set(event.file, { file: event.file })
        break
      case 'started':
        this.running.set(event.file, { file: event.file, startedAt: at })
        break
      case 'progress': {
        const { file, processed, duration, ratio } = event
        const { startedAt = at } = this.running.get(file) ?? {}
        this.running.set(file, { file, startedAt, told: { at, processed, duration, ratio } })
        break
      }
      case 'done':
      case 'failed':
        this.running.delete(event.file)
        break
      case 'stopping':
        this.running.clear()
        break
    }
  }

  private block(): readonly string[] {
    const all = [...this.running.values()]
    const columns = widthOf(stderr)
    const most = Math.max(1, (stderr.rows || 24) - 4)
    const names = Math.min(nameColumns, Math.max(0, ...all.map(({ file }) => file.length)))
    return all
      .slice(0, most)
      .map((file) => row(file, { names, columns }, performance.now(), this.style))
  }
}

interface Sizes {
  readonly names: number
  readonly columns: number
}

/** A file with its bar, how fast it is against real time, and how long it will take. */
export const row = (running: Running, sizes: Sizes, now: number, style: Style): string => {
  const name = cut(printable(running.file), sizes.names).padEnd(sizes.names)
  if (running.startedAt === undefined) return `${name}  ${style.dim('waits for the model')}`
  const { ratio, speed, leftMs } = paceOf(running, now)
  const figures = [
    ...(speed === undefined ? [] : [times(speed)]),
    ...(leftMs === undefined ? [] : [`${shortSpan(leftMs)} left`]),
  ].join('  ')
  const room = sizes.columns - sizes.names - figures.length - 12
  const drawn = bar(ratio, Math.max(0, Math.min(barColumns, room)), style)
  return `${name}  ${drawn} ${percent(ratio)}  ${style.dim(figures)}`
}
