/** A host and its engine, or an engine alone, each a process that tells a collector of itself. */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { StageTelling } from '../../../src/ports/telemetry.js'
import { type Running, start } from '../../cli/sidestream.js'
import { cli } from '../engine-process.js'

const file = (name: string): string => fileURLToPath(new URL(`engines/${name}`, import.meta.url))
const host = file('host.js')
export const nested = file('nested.ts')

/** A machine that is busy loses nothing by itself. */
const patient = ['--set', 'telemetry.flush=20s']

/** By which their telemetry is found again among all that has arrived. */
const mark = 'test.run'

type IsTheirs = (it: { readonly resource: Readonly<Record<string, unknown>> }) => boolean

const marked = (): { readonly variable: object; readonly isTheirs: IsTheirs } => {
  const run = randomBytes(8).toString('hex')
  return {
    variable: { OTEL_RESOURCE_ATTRIBUTES: `${mark}=${run}` },
    isTheirs: ({ resource }) => resource[mark] === run,
  }
}

export interface HostOptions {
  /** What both have in their environment. */
  readonly env: Readonly<Record<string, string>>
  /** One after the other. */
  readonly calls: readonly (readonly [method: string, params?: object])[]
  readonly isSupervised?: boolean
  readonly stages?: StageTelling
}

export interface Hosted {
  /** Whether one of these two told it. */
  readonly isTheirs: IsTheirs
  /** Of the calls. */
  readonly outcomes: readonly object[]
  /** What the host could not deliver. */
  readonly undelivered: object
}

const longestMs = 30_000

/** Runs both to their end. Rejects when the host fails, or takes too long. */
export const runHost = async (options: HostOptions): Promise<Hosted> => {
  const { env, calls, isSupervised = false, stages = 'events' } = options
  const settings = ['--log-level', 'warn', '--set', `telemetry.stages=${stages}`, ...patient]
  const args = [cli, 'run', nested, ...settings]
  const command = { command: process.execPath, args }
  const { variable, isTheirs } = marked()
  const { PATH, HOME } = process.env
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [host, JSON.stringify({ command, calls, isSupervised, stages })],
    {
      env: { PATH, HOME, ...variable, ...env },
      timeout: longestMs,
    },
  )
  return { ...JSON.parse(stdout), isTheirs }
}

export interface AloneOptions {
  /** Given to `run` behind the engine. */
  readonly args?: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

const running = new Set<Running>()

/** Ends what a test that failed left running. */
export const endAlone = (): void => {
  for (const { child } of running) child.kill('SIGKILL')
  running.clear()
}

/** An engine whose host is the test itself, line by line. */
export const alone = (
  engine: string,
  { args = [], env }: AloneOptions,
): { readonly running: Running; readonly isTheirs: IsTheirs } => {
  const { variable, isTheirs } = marked()
  const started = start(['run', engine, ...patient, ...args], { env: { ...variable, ...env } })
  running.add(started)
  return { running: started, isTheirs }
}
