/** Engines as processes, each with some `OTEL_*` settings and a collector that is up, down, or silent. */
import { gunzipSync } from 'node:zlib'
import type { Test } from 'uvu'
import * as assert from 'uvu/assert'
import { sidestream, start, tester } from '../cli/sidestream.js'
import { line } from '../end-to-end/engine-process.js'
import {
  type Collector,
  closedCollector,
  openCollector,
  type Received,
  silentCollector,
} from './collector.js'

/** `closed` refuses connections, `silent` accepts them and never answers. */
const states = ['up', 'closed', 'silent'] as const
type State = (typeof states)[number]

export interface Row {
  readonly env: Readonly<Record<string, string>>
  /** What goes to the collector. */
  readonly sends: readonly ('traces' | 'metrics' | 'logs')[]
  /** Lines of stderr that are no records of the log. */
  readonly prints?: RegExp
  /** `telemetry.flush` with a collector that is not up, in milliseconds, where it is not as it is by default. */
  readonly flushMs?: number
}

const defaultFlushMs = 1500
/** A machine that is busy loses nothing by itself. */
const patienceMs = 20_000
/** What an exit may take beyond the deadline. */
const marginMs = 100
/** And where the machine has others to serve. Retries would go on for seven seconds more. */
const slackMs = 3000
/** To find one that the machine did not hold up. */
const mostTries = 20
/** Where coverage is measured, Node writes it at the exit, for longer than the margin. */
const withoutCoverage = { NODE_V8_COVERAGE: '' }
/** One that takes longer is killed, which its test sees. */
const longestMs = 30_000
/** Most of these are waiting. */
const together = 4

const input = [
  line({ id: 1, method: 'add', params: { a: 1, b: 2 } }),
  line({ id: 2, method: 'fail' }),
  line({ id: 'x', method: 'nope' }),
  '{no JSON\n',
  line({ id: 4, method: 'steps' }),
].join('')
const ids = [1, 2, 'x', null, 4]

interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** Of the stderr. */
  readonly records: readonly Readonly<Record<string, unknown>>[]
  /** From the engine's stop to the exit. */
  readonly flushedMs: number
  /** Something of this engine has. */
  readonly hasArrived: boolean
}

/** Runs them all, a few at a time, and has a test for each. */
export const testRows = (test: Test, rows: Readonly<Record<string, Row>>): void => {
  const collectors = new Map<string, Promise<Collector>>()
  const collectorOf = (state: State, isGrpc: boolean): Promise<Collector> => {
    const key = `${state} ${isGrpc}`
    const known = collectors.get(key)
    if (known !== undefined) return known
    const opened =
      state === 'up'
        ? openCollector(isGrpc ? 'grpc' : 'http')
        : state === 'closed'
          ? closedCollector()
          : silentCollector()
    collectors.set(key, opened)
    return opened
  }
  test.after(async () => {
    for (const collector of collectors.values()) await (await collector).close()
  })

  let withoutTelemetry: ReturnType<typeof sidestream> | undefined
  const cases = Object.entries(rows).flatMap(([name, row]) =>
    states.map((state) => ({ name, row, state })),
  )
  const late = { up: [], closed: [], silent: [] } as Record<State, number[]>

  const run = async ({ name, row, state }: (typeof cases)[number]): Promise<Outcome> => {
    const isGrpc = Object.values(row.env).includes('grpc')
    const collector = await collectorOf(state, isGrpc)
    const service = `${name}, ${state}`.replace(/[^\w]+/g, '-')
    const flushMs = state === 'up' ? patienceMs : row.flushMs
    const args = flushMs === undefined ? [] : ['--set', `telemetry.flush=${flushMs}ms`]
    const env: Record<string, string> = {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_SERVICE_NAME: service,
      ...row.env,
    }
    const { child, ran: ended } = start(['run', tester, ...args], { stdin: input, env })
    const timer = setTimeout(() => child.kill('SIGKILL'), longestMs)
    const ran = await ended
    const exitedAt = Date.now()
    clearTimeout(timer)
    const records = ran.stderr.split('\n').filter((text) => text.startsWith('{"level":'))
    const told = records.map((text) => JSON.parse(text))
    const stoppedAt = told.find(({ msg }) => msg === 'engine stopped')?.time
    return {
      ...ran,
      records: told,
      flushedMs: exitedAt - stoppedAt,
      hasArrived: collector.received.some((it) => textOf(it).includes(service)),
    }
  }
  /** They begin with the first test, so that what fails fails that. */
  let outcomes: Promise<Outcome>[] | undefined
  const begin = (): Promise<Outcome>[] => {
    const turn = inTurn(together)
    const all = cases.map((it) => turn(() => run(it)))
    for (const outcome of all) outcome.catch(() => {}) // its test is told
    return all
  }

  for (const [index, { name, row, state }] of cases.entries()) {
    test(`${name}, with a collector that is ${state}`, async () => {
      withoutTelemetry ??= sidestream(['run', tester], { stdin: input })
      const expected = (await withoutTelemetry).stdout
      outcomes ??= begin()
      const outcome = (await outcomes[index]) as Outcome
      const { code, stdout, stderr, records, hasArrived } = outcome
      assert.is(stdout, expected)
      const frames = stdout
        .trimEnd()
        .split('\n')
        .map((text) => JSON.parse(text))
      assert.equal(
        frames.filter(({ method }) => method === undefined).map(({ id }) => id),
        ids,
      )
      assert.is(code, 0, stderr)
      const strays = records.filter(
        ({ source, msg }) => source === 'console' || /stray/.test(`${msg}`),
      )
      assert.equal(strays, [], 'nor is stdout kept clean only by its guard')

      const others = stderr
        .split('\n')
        .filter((text) => text !== '' && !text.startsWith('{"level"'))
      const { prints } = row
      if (prints === undefined) assert.equal(others, [])
      else {
        assert.ok(others.length > 0)
        for (const text of others) assert.match(text, prints)
      }

      assert.is(hasArrived, state === 'up' && row.sends.length > 0, stderr)
      const undelivered = records.filter(({ msg }) =>
        `${msg}`.startsWith('Telemetry was not delivered'),
      )
      const isLost = state !== 'up' && row.sends.length > 0
      assert.is(undelivered.length, isLost ? 1 : 0, stderr)
      for (const signal of isLost ? (['traces', 'metrics', 'logs'] as const) : []) {
        const count = Number(undelivered[0]?.[signal])
        assert.is(count > 0, row.sends.includes(signal), `${count} ${signal}`)
      }

      const lateMs = latenessOf(row, outcome)
      assert.ok(lateMs < marginMs + slackMs, `${lateMs} ms after the deadline`)
      if (lateMs > -marginMs) late[state].push(lateMs) // it has waited for all that time
    })
  }

  test('the exit keeps its deadline whenever the machine lets it', async () => {
    for (const state of ['closed', 'silent'] as const) {
      const times = late[state]
      const one = cases.find((it) => it.state === state && it.row.sends.length > 0)
      assert.ok(one, state)
      const { env } = one.row
      const alone = { ...one, row: { ...one.row, env: { ...env, ...withoutCoverage } } }
      for (let tries = 0; tries < mostTries && !(Math.min(...times) < marginMs); tries += 1)
        times.push(latenessOf(alone.row, await run(alone)))
      assert.ok(Math.min(...times) < marginMs, `${state}: ${times} ms after the deadline`)
    }
  })
}

const latenessOf = ({ flushMs = defaultFlushMs }: Row, { flushedMs }: Outcome): number =>
  flushedMs - flushMs

/** In all encodings, texts are as they are. */
const textOf = ({ headers, body }: Received): string =>
  (headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString('latin1')

/** @returns does some work when fewer than so many others are under way */
const inTurn = (most: number): (<T>(work: () => Promise<T>) => Promise<T>) => {
  let free = most
  const waiting: (() => void)[] = []
  return async (work) => {
    if (free > 0) free -= 1
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) free += 1
      else next()
    }
  }
}
