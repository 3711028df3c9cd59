/** How a supervised group is shown: a table that lives on a terminal, lines of JSON elsewhere. */
import { isDeepStrictEqual } from 'node:util'
import type { HostEvent, MemberStatus } from '../host/status.js'
import type { Strategy } from '../host/supervision.js'
import type { EngineSpecs } from '../host/supervisor.js'
import { realClock } from '../ports/clock.js'
import { eventText } from './host-event-text.js'
import { type HostRecord, recordLine } from './host-log.js'
import { logLine } from './log-line.js'
import { Screen } from './screen.js'
import { statusTable } from './status-table.js'
import { printable, styleOf, widthOf } from './style.js'

/** What happens to the group as a whole. */
export interface GroupEvent {
  readonly type: 'stopping' | 'killing' | 'stopped'
  readonly signal?: string
  /** For people. */
  readonly text: string
}

export interface HostView {
  event(event: HostEvent): void
  /** Of all processes, when anything has changed. */
  states(all: readonly MemberStatus[]): void
  group(event: GroupEvent): void
  record(record: HostRecord): void
  /** Nothing more comes. */
  end(): void
}

/** Figures change all the time; they are told so often, in milliseconds. */
const figuresEveryMs = 10_000

/** @param status - the latest figures */
export const jsonView = (status: () => readonly MemberStatus[]): HostView => {
  const { stdout, stderr } = process
  let told: readonly MemberStatus[] = []
  const line = (value: object): void => {
    stdout.write(`${JSON.stringify({ time: new Date().toISOString(), ...value })}\n`)
  }
  const tell = (all: readonly MemberStatus[]): void => {
    if (all.length === 0) return // nothing has been started yet
    told = all
    line({ type: 'state', engines: all.map(withTimes) })
  }
  const figures = setInterval(() => {
    const all = status()
    if (!isDeepStrictEqual(all, told)) tell(all)
  }, figuresEveryMs)
  return {
    event: line,
    states: (all) => {
      if (!isDeepStrictEqual(all.map(withoutFigures), told.map(withoutFigures))) tell(all)
    },
    group: ({ text: _, ...event }) => line(event),
    record: (record) => void stderr.write(`${logLine(recordLine(record, Date.now()), stderr)}\n`),
    end: () => clearInterval(figures),
  }
}

const withoutFigures = ({ inFlight: _, p99Ms: __, rssBytes: ___, ...rest }: MemberStatus): object =>
  rest

/** The supervisor tells times by a clock of its own. Read once: else the same time would differ by a millisecond. */
const wallOffset = Date.now() - realClock.now()

const withTimes = ({ readyAt, startsAt, ...rest }: MemberStatus): object => ({
  ...rest,
  readyAt: isoTime(readyAt),
  startsAt: isoTime(startsAt),
})

const isoTime = (at: number | undefined): string | undefined =>
  at === undefined ? undefined : new Date(at + wallOffset).toISOString()

export interface Group {
  readonly engines: EngineSpecs
  readonly strategy: Strategy
}

/** @param status - the latest figures */
export const terminalView = (
  { engines, strategy }: Group,
  status: () => readonly MemberStatus[],
): HostView => {
  const { stdout, stderr } = process
  const style = styleOf(stdout)
  const isDumb = process.env['TERM'] === 'dumb'
  const block = (): readonly string[] => {
    const size = { columns: widthOf(stdout), rows: Math.max(4, (stdout.rows || 24) - 4) }
    const hint = style.dim(`${strategy} · Ctrl-C stops all`.slice(0, size.columns - 1))
    return isDumb ? [] : ['', ...statusTable(status(), realClock.now(), size, style), hint]
  }
  let keyColumns = Math.max(...Object.keys(engines).map(({ length }) => length))
  const screen = new Screen(stdout, block)
  const print = (record: HostRecord): void => {
    const { engine = 'host', key = engine, pid: _, ...facts } = record.facts
    const name = printable(`${key}`)
    keyColumns = Math.max(keyColumns, name.length) // those of a pool have a number behind them
    const line = logLine(recordLine({ ...record, facts }, Date.now()), stdout)
    screen.print(`${style.cyan(name.padEnd(keyColumns))}  ${line}`)
  }
  return {
    event: (event) => {
      const { level, text } = eventText(event)
      print({ level, facts: { key: event.key }, message: text })
    },
    states: () => screen.refresh(),
    group: ({ text }) => screen.print(text),
    record: (record) => {
      if (stderr.isTTY) print(record)
      else stderr.write(`${recordLine(record, Date.now())}\n`)
    },
    end: () => screen.end(),
  }
}
