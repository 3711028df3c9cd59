/** Runs an engine on the standard streams of this process. Here the real parts are put together. */
import { filter, firstValueFrom, merge, Subject } from 'rxjs'
import type { OpenTelemetry } from '../../telemetry/open.js'
import type { Engine } from '../engine/define.js'
import { start } from '../engine/engine.js'
import { exitCodes, type LifecycleEvent } from '../engine/lifecycle.js'
import { type StderrLogger, stderrLogger } from '../logging/stderr-logger.js'
import { takeHostDescriptors } from '../platform/host-descriptors.js'
import { logProcessEvents, signals$ } from '../platform/process-events.js'
import { guardStdout, type StdoutGuard } from '../platform/stdout-guard.js'
import { processVitals } from '../platform/vitals.js'
import type { Watcher } from '../platform/watcher.js'
import { realClock } from '../ports/clock.js'
import type { Logger, LogLevel } from '../ports/logger.js'
import { noTelemetry } from '../ports/telemetry.js'
import type { Framing } from '../protocol/frame.js'
import { openInput, openOutput, streamTransport } from '../transport/stdio.js'
import { type Configured, configured } from './configured.js'
import { mayBeWatched } from './watched.js'

export interface ServeOptions {
  /** Config file. Default: `sidestream.config.yaml` or `.json` of the working directory, or else of the user's config folder. */
  readonly config?: string
  /** Default: the peer's first bytes decide. */
  readonly framing?: Framing | undefined
  /** Ends the engine when its parent process has gone. Default true. */
  readonly parentWatch?: boolean
  /** Lowest level that is logged. Default info. */
  readonly logLevel?: LogLevel
}

/** The process, once its standard output and its log are taken care of. */
export interface Stage {
  readonly log: StderrLogger
  /** Where what is printed goes from now on: the engine's own log, which the peer can subscribe to. */
  readonly printTo: (log: Logger) => void
  readonly stdout: StdoutGuard
  readonly watch: Watch
}

/** Over the process, by a thread of its own. */
interface Watch {
  readonly blockedMs: () => number
  /** Begins at once. It would slow the first reply down. */
  readonly begin: () => void
  /** Who is told in the place of the process's end when the parent has gone. */
  onParentGone: () => void
  /** Over the parent, too. */
  isOfParent: boolean
}

/** A host may die before it has had any reply, and while a module is loaded. */
const latestWatchMs = 1000

const watchOver = (
  isParentWatched: boolean,
  beatFd: number | undefined,
  ended: () => void,
): Watch => {
  const parentPid = process.ppid // first of all, since it changes
  let watcher: Watcher | undefined
  let hasBegun = false
  const begin = async (): Promise<void> => {
    if (hasBegun) return
    hasBegun = true
    const { startWatcher } = await import('../platform/watcher.js')
    watcher = startWatcher({ parentPid: watch.isOfParent ? parentPid : undefined, beatFd }, () =>
      watch.onParentGone(),
    )
  }
  setTimeout(() => void begin(), latestWatchMs).unref()
  const watch: Watch = {
    blockedMs: () => watcher?.blockedMs() ?? 0,
    begin: () => void begin(),
    onParentGone: ended,
    isOfParent: isParentWatched,
  }
  return watch
}

/** To be called before an engine's module is loaded: what that prints must not get between the frames. */
export const prepareProcess = (logLevel: LogLevel = 'info', parentWatch = true): Stage => {
  const { channelFd, beatFd } = takeHostDescriptors()
  const watch = watchOver(parentWatch, beatFd, () => {
    log.error({}, 'The parent process has gone while the engine was loaded')
    log.flush()
    process.exit(exitCodes.outputBroken)
  })
  const log = stderrLogger(logLevel)
  let current: Logger = log
  const printTo = (next: Logger): void => {
    current = next
  }
  logProcessEvents(() => current)
  return { log, printTo, stdout: guardStdout(() => current, channelFd), watch }
}

/** Keeps the process alive while an engine waits for nothing that Node knows of; longer than any run. */
const foreverMs = 2 ** 31 - 1

export const serveOn = async (
  { log, printTo, stdout, watch }: Stage,
  engine: Engine,
  { framing, config, telemetry }: Configured,
  onFirstReply?: () => void,
): Promise<number> => {
  const alive = setInterval(() => {}, foreverMs)
  const parentGone$ = new Subject<LifecycleEvent>()
  watch.onParentGone = () => parentGone$.next({ type: 'parent-gone' })
  const vitals = processVitals(stdout.strayBytes, watch.blockedMs)
  const opened = await watching(engine, log, telemetry)
  const running = start(engine, {
    transport: streamTransport(openInput(), openOutput(stdout.fd)),
    clock: realClock,
    log: log.child({ engine: engine.name }),
    telemetry: opened ?? noTelemetry,
    vitals,
    signals$: merge(signals$, parentGone$),
    framing,
    config,
    onFirstReply: () => {
      onFirstReply?.()
      setImmediate(() => {
        vitals.started()
        watch.begin()
      })
    },
  })
  printTo(running.context.log)
  const { exitCode } = await running.done
  if (opened !== undefined) {
    log.flush() // what waits to be written is to be delivered, too
    const isEnd = (event: LifecycleEvent) => event.type !== 'signal' || event.signal !== 'SIGHUP'
    const interrupted = firstValueFrom(merge(signals$, parentGone$).pipe(filter(isEnd)))
    await Promise.race([
      opened.close(flushMs(exitCode)),
      interrupted.then(() => opened.close(0)), // tells what is lost
    ])
  }
  clearInterval(alive)
  log.flush()
  return exitCode
}

const watching = async (
  engine: Engine,
  log: StderrLogger,
  settings: Configured['telemetry'],
): Promise<OpenTelemetry | undefined> => {
  if (!mayBeWatched(settings?.file.path)) return undefined
  const { processTelemetry } = await import('./process-telemetry.js')
  const opened = await processTelemetry(engine, log, settings, {
    print: (line) => log.print(line),
    droppedLogs: () => log.dropped,
  })
  log.join(opened.activeFacts, opened.exportLog)
  return opened
}

/**
 * How long telemetry may take to be delivered, in milliseconds; undefined for as long as it is set to. A host takes a
 * process for stuck that has closed its output and is there two seconds later: of one that fails it would not learn why.
 */
const flushMs = (exitCode: number): number | undefined => {
  if (exitCode === 0) return undefined
  if (exitCode === exitCodes.outputBroken) return 400 // there are engines that wait for this one's end
  return exitCode > 128 ? 100 : 800
}

/**
 * Serves an engine over stdin and stdout, and ends the process when it has stopped. For a binary of one's own:
 * `serve(engine)` is all its main module does.
 */
export const serve = async (engine: Engine, options: ServeOptions = {}): Promise<never> => {
  const { config, framing, logLevel, parentWatch } = options
  const flags = [
    ...(framing === undefined ? [] : [{ option: 'framing', key: 'framing', text: framing }]),
    ...(logLevel === undefined ? [] : [{ option: 'logLevel', key: 'log.level', text: logLevel }]),
    ...(parentWatch === undefined
      ? []
      : [{ option: 'parentWatch', key: 'parentWatch', text: String(parentWatch) }]),
  ]
  const stage = prepareProcess(logLevel, parentWatch)
  try {
    const settingsOf = await configured(stage, { file: config, flags, folder: process.cwd() })
    process.exit(await serveOn(stage, engine, await settingsOf(engine)))
  } catch (error) {
    stage.log.flush()
    const { tell } = await import('./failure.js')
    process.exit(tell(error, 'serve'))
  }
}
