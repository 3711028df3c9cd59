/** `sidestream host ENGINE…`: keeps a group of engines running, in the foreground. */
import { filter, firstValueFrom, map, merge, type Observable, skipWhile, takeUntil } from 'rxjs'
import { ConfigError } from '../config/problem.js'
import { exitCodes } from '../engine/lifecycle.js'
import {
  type EngineSpecs,
  type MemberState,
  type MemberStatus,
  type Supervisor,
  supervise,
} from '../host/index.js'
import type { Strategy } from '../host/supervision.js'
import type { Telemetry } from '../ports/telemetry.js'
import { oneOf, readArguments } from './arguments.js'
import { givenBy } from './flags-of.js'
import { readHostConfig } from './host-config.js'
import { typedEngines } from './host-engines.js'
import { hostFailure } from './host-failure.js'
import { type HostRecord, hostLog } from './host-log.js'
import { jsonView, terminalView } from './host-view.js'
import { hostWatch, interrupts$, unread$ } from './interruptions.js'
import { UsageError } from './usage-error.js'
import { afterWriteError, type Signal, signalNumbers } from './with-engine.js'

const kinds = {
  strategy: 'text',
  pool: 'text',
  json: 'flag',
  verbose: 'flag',
  config: 'text',
  set: 'list',
} as const
const strategies = ['one_for_one', 'one_for_all', 'rest_for_one'] as const

export const host = async (args: readonly string[]): Promise<number> => {
  const { positionals: words, options } = readArguments(args, kinds, Infinity)
  const { pool, config: file } = options
  const typedStrategy = oneOf('strategy', options.strategy, strategies)
  const config = readHostConfig(givenBy(options))
  const isVerbose = options.verbose === true
  const passed = { isVerbose, config: file, set: options.set }
  const typed = typedEngines({ words, pool, passed }, Object.keys(config.engines))
  const engines = { ...config.engines, ...typed }
  if (Object.keys(engines).length === 0)
    throw new UsageError('Which engines? Such as: sidestream host ./engine.js')
  return inForeground({
    engines,
    strategy: typedStrategy ?? config.strategy ?? 'one_for_one',
    file: config.file,
    isPlain: options.json === true || !process.stdout.isTTY,
  })
}

interface GroupOptions {
  readonly engines: EngineSpecs
  readonly strategy: Strategy
  /** Of the config, if there is one. */
  readonly file: string | undefined
  /** For programs. */
  readonly isPlain: boolean
}

/** Why a group does not go on. */
type Cause =
  | { readonly what: 'signal'; readonly signal: Signal }
  | { readonly what: 'unread'; readonly error: NodeJS.ErrnoException }
  | { readonly what: 'rest' }
  | { readonly what: 'failed'; readonly member: MemberStatus }

const { stderr } = process

/** @returns the exit code */
const inForeground = async (options: GroupOptions): Promise<number> => {
  // Listened to until the end: without a listener, each of them would end this process and leave the engines.
  merge(interrupts$, unread$).subscribe()
  const telemetry = await hostWatch()
  const group = started(options, telemetry, (record) => view.record(record))
  const view = options.isPlain
    ? jsonView(() => group.status)
    : terminalView(options, () => group.status)
  group.events$.subscribe((event) => view.event(event))
  group.state$.subscribe((all) => view.states(all))
  const cause = await firstValueFrom(
    merge(
      interrupts$.pipe(map((signal): Cause => ({ what: 'signal', signal }))),
      unread$.pipe(map((error): Cause => ({ what: 'unread', error }))),
      fate(group),
    ),
  )
  let killedBy: Signal | undefined
  interrupts$.subscribe((signal) => {
    killedBy ??= signal
    view.group({ type: 'killing', signal, text: 'Killing all engines.' })
    void group.kill()
  })
  if (cause.what === 'signal') {
    const text = 'Stopping all engines, the last one first. Ctrl-C once more kills them.'
    view.group({ type: 'stopping', signal: cause.signal, text })
  }
  await group.stop()
  await telemetry?.close()
  view.group({ type: 'stopped', text: 'All engines have stopped.' })
  view.end()
  if (cause.what === 'failed') {
    stderr.write(hostFailure('host', cause.member, options.engines))
    return exitCodes.startFailed
  }
  if (cause.what === 'unread') return afterWriteError(cause.error)
  return killedBy === undefined ? 0 : 128 + signalNumbers[killedBy]
}

const started = (
  { engines, strategy, file }: GroupOptions,
  telemetry: Telemetry | undefined,
  write: (record: HostRecord) => void,
): Supervisor => {
  try {
    return supervise({ engines, strategy, log: hostLog(write), telemetry })
  } catch (error) {
    // What was typed has been checked; what is left is in the file.
    if (file === undefined || !(error instanceof TypeError)) throw error
    throw new ConfigError([{ source: file, key: 'host', message: error.message }])
  }
}

/** When there is nothing left to wait for: all have ended for good, or nothing has ever worked. */
const fate = (group: Supervisor): Observable<Cause> => {
  const lost = (all: readonly MemberStatus[]): MemberStatus | undefined =>
    all.find(({ state }) => state === 'quarantined')
  const isReady$ = group.events$.pipe(filter(({ type }) => type === 'ready'))
  const isDown: readonly MemberState[] = ['stopped', 'quarantined', 'waiting']
  return merge(
    group.state$.pipe(
      takeUntil(isReady$),
      filter((all) => lost(all) !== undefined),
    ),
    group.state$.pipe(
      skipWhile((all) => all.length === 0), // nothing has been started yet
      filter((all) => all.every(({ state }) => isDown.includes(state))),
    ),
  ).pipe(
    map((all): Cause => {
      const member = lost(all)
      return member === undefined ? { what: 'rest' } : { what: 'failed', member }
    }),
  )
}
