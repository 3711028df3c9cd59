/** A real OpenTelemetry Collector, built from `test/collector`: what tests send to it is read back from its files. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Test } from 'uvu'
import { JsonLines } from './json-lines.js'
import { type Log, logsOf, type Point, pointsOf, type Span, spansOf } from './otlp-json.js'

export type Protocol = 'http/protobuf' | 'http/json' | 'grpc'

/**
 * Waits until what has arrived since the start is enough.
 *
 * @param isEnough - given all, in the order of arrival
 * @param waitMs - longest wait, in milliseconds; it only decides how long a failure takes
 * @returns all that has arrived. Rejects with what that is when it is late, or when the collector has ended.
 */
type Arrived<T> = (isEnough: (all: readonly T[]) => boolean, waitMs?: number) => Promise<T[]>

export interface Collector {
  /** Without the path of a signal. */
  readonly httpUrl: string
  readonly grpcUrl: string
  /** What tells OpenTelemetry to export to it. */
  env(protocol: Protocol): Record<string, string>
  readonly traces: Arrived<Span>
  readonly metrics: Arrived<Point>
  readonly logs: Arrived<Log>
  /** Ends it, and removes its files. */
  stop(): Promise<void>
}

const patienceMs = 20_000
const source = fileURLToPath(new URL('../../collector/', import.meta.url))

/**
 * Starts a collector on ports of its own, for one test or for a whole file. The first one ever is compiled, which takes
 * a minute or two. Rejects with what is missing when that cannot be done.
 */
export const startCollector = async (): Promise<Collector> => {
  const program = await build()
  const folder = mkdtempSync(join(tmpdir(), 'sidestream-collector-'))
  const [httpPort, grpcPort] = await freePorts()
  const httpUrl = `http://127.0.0.1:${httpPort}`
  const grpcUrl = `http://127.0.0.1:${grpcPort}`
  const running = new Running(
    spawn(program, ['--config', join(source, 'collector.yaml')], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        COLLECTOR_FOLDER: folder,
        COLLECTOR_HTTP_PORT: `${httpPort}`,
        COLLECTOR_GRPC_PORT: `${grpcPort}`,
      },
    }),
  )
  const opened: JsonLines<unknown>[] = []
  const arrived = <T>(signal: string, decode: (request: unknown) => T[]): Arrived<T> => {
    const file = new JsonLines(join(folder, `${signal}.jsonl`), decode)
    opened.push(file)
    return async (isEnough, waitMs = patienceMs) => {
      const look = (): boolean => {
        file.read()
        return isEnough(file.all)
      }
      await running.until(look, waitMs, () => `${signal}: never ${isEnough}\n${story(file.all)}`)
      return [...file.all]
    }
  }
  const stop = async (): Promise<void> => {
    await running.stop()
    for (const file of opened) file.close()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await running.until(
      () => answers(httpUrl),
      patienceMs,
      () => 'It does not answer',
    )
    return {
      httpUrl,
      grpcUrl,
      env: (protocol) => ({
        OTEL_EXPORTER_OTLP_ENDPOINT: protocol === 'grpc' ? grpcUrl : httpUrl,
        OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      }),
      traces: arrived('traces', spansOf),
      metrics: arrived('metrics', pointsOf),
      logs: arrived('logs', logsOf),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/**
 * One for all tests of a suite. When it cannot start, each of them fails and says why: uvu keeps that to itself when it
 * happens before all.
 */
export const collectorOf = (test: Test): (() => Collector) => {
  let starting: Promise<Collector> | undefined
  let collector: Collector | undefined
  test.before.each(async () => {
    starting ??= startCollector()
    collector = await starting
  })
  test.after(() => collector?.stop())
  return () => collector as Collector
}

/** @returns the path of the program */
const build = async (): Promise<string> => {
  try {
    return (await promisify(execFile)(join(source, 'build.sh'))).stdout.trim()
  } catch (error) {
    throw new Error(`No collector: ${(error as { readonly stderr: string }).stderr}`)
  }
}

/** Two ports of the loopback that nobody listens on. */
const freePorts = async (): Promise<[number, number]> => {
  const servers = [createServer(), createServer()] // both at once, or they would be the same
  const ports = await Promise.all(
    servers.map(async (server) => {
      await once(server.listen(0, '127.0.0.1'), 'listening')
      return (server.address() as AddressInfo).port
    }),
  )
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return ports as [number, number]
}

const answers = async (httpUrl: string): Promise<boolean> => {
  const headers = { 'content-type': 'application/json' }
  try {
    return (await fetch(`${httpUrl}/v1/traces`, { method: 'POST', headers, body: '{}' })).ok
  } catch {
    return false // nobody listens yet
  }
}

/** The process, and what it says when something is wrong. */
class Running {
  private readonly child: ChildProcess
  private readonly ended: Promise<unknown>
  private log = ''
  private readonly kill = () => this.child.kill('SIGKILL')

  constructor(child: ChildProcess) {
    this.child = child
    this.ended = once(child, 'close')
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.log = (this.log + text).slice(-4_000)
    })
    process.once('exit', this.kill) // as when a test file throws
  }

  /** Looks again and again, as nothing tells that a file has grown. */
  async until(
    holds: () => boolean | Promise<boolean>,
    waitMs: number,
    failure: () => string,
  ): Promise<void> {
    const end = performance.now() + waitMs
    for (;;) {
      const isLast = this.hasEnded // before looking, as its end may bring something
      if (await holds()) return
      if (isLast) throw new Error(`The collector has ended. ${failure()}\n${this.log}`)
      if (performance.now() > end) throw new Error(`Not within ${waitMs} ms. ${failure()}`)
      await setTimeout(10)
    }
  }

  async stop(): Promise<void> {
    this.child.kill('SIGTERM')
    await this.ended
    process.off('exit', this.kill)
  }

  private get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null
  }
}

/** What has arrived, newest last, for a failure to show. */
const story = (all: readonly unknown[]): string =>
  [
    `${all.length} have arrived`,
    ...all.slice(-20).map((it) => `${JSON.stringify(it)}`.slice(0, 400)),
  ].join('\n')
