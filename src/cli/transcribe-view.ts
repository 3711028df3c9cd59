/** Shows how files are transcribed: as bars on a terminal, as plain lines elsewhere, or as JSON for programs. All but JSON is on stderr: stdout is for transcripts. */
import { type HostRecord, recordLine } from './host-log.js'
import { logLine } from './log-line.js'
import { percent } from './progress.js'
import { Screen } from './screen.js'
import { printable, styleOf, widthOf } from './style.js'
import type { TranscribeEvent, TranscribeView } from './transcribe-events.js'
import type { Running } from './transcribe-pace.js'
import { rows } from './transcribe-rows.js'
import { eventLine } from './transcribe-text.js'

/** @param files - how many there are */
export const viewOf = (isJson: boolean, files: number): TranscribeView => {
  if (isJson) return jsonView()
  const isTerminal = process.stderr.isTTY && process.env['TERM'] !== 'dumb'
  return isTerminal ? new TerminalView(files) : plainView()
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

class TerminalView implements TranscribeView {
  private readonly running = new Map<string, Running>()
  private readonly style = styleOf(stderr)
  private readonly screen = new Screen(stderr, () => this.block())
  private readonly files: number
  /** That nothing more is to be done for. */
  private over = 0
  private starting: string | undefined

  constructor(files: number) {
    this.files = files
  }

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
    this.starting = undefined
    switch (event.type) {
      case 'starting':
        this.starting = event.engine
        break
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
      case 'skipped':
      case 'done':
      case 'failed':
        this.over += 1
        this.running.delete(event.file)
        break
      case 'stopping':
        this.running.clear()
        break
    }
  }

  private block(): readonly string[] {
    const { dim } = this.style
    if (this.starting !== undefined) return [dim(`${this.starting} is started`)]
    if (this.running.size === 0) return []
    const most = Math.max(1, (stderr.rows || 24) - 4)
    const all = [...this.running.values()].slice(0, most)
    const hint = dim(`${this.over} of ${this.files} done · Ctrl-C stops, the same again goes on`)
    return [...rows(all, widthOf(stderr), performance.now(), this.style), hint]
  }
}
