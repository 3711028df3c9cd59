/** `sidestream transcribe FILES…`: recordings become subtitles, by a pool of engines that lives as long as the command. */
import { from, fromEvent, lastValueFrom, merge, mergeMap } from 'rxjs'
import { type ManagedEngine, supervise } from '../host/index.js'
import type { OutputFormat } from '../models/subtitles.js'
import { onAbort } from '../ports/abort.js'
import { isRpcError } from '../protocol/rpc-error.js'
import { engineFile } from './engine-file.js'
import { hostFailure } from './host-failure.js'
import { hostLog } from './host-log.js'
import { hostWatch, interrupts$, unread$ } from './interruptions.js'
import { defaultEngine, notInstalledFor, type Setup } from './transcribe-default.js'
import { capabilitiesOf, defaultModel, specOf } from './transcribe-engine.js'
import { failureOf } from './transcribe-failure.js'
import { type Ask, heard, transcribed } from './transcribe-file.js'
import { readTranscribeOptions } from './transcribe-options.js'
import { sifted, written } from './transcribe-outputs.js'
import { Run } from './transcribe-run.js'
import { type Source, sourcesOf } from './transcribe-sources.js'
import { viewOf } from './transcribe-view.js'
import { markOf } from './whole-file.js'

/** @param setup - finds and installs engines, when none is named */
export const transcribe = async (args: readonly string[], setup: Setup): Promise<number> => {
  const options = readTranscribeOptions(args)
  const sources = sourcesOf(options)
  if (options.engine !== undefined) engineFile(options.engine)
  const mayAsk = !options.isJson && process.stdin.isTTY && process.stderr.isTTY
  const engine = options.engine ?? (await defaultEngine(setup, options, mayAsk))
  if (typeof engine === 'number') return engine // why it could not be installed has been told
  // Listened to until the end. Transcripts are written even if nobody sees what is told of them on stderr.
  merge(interrupts$, unread$).subscribe()
  const run = new Run(options, viewOf(options.isJson, sources.length))
  interrupts$.subscribe((signal) => run.interrupt(signal))
  fromEvent(process.stdout, 'error').subscribe((error) =>
    run.stop({ what: 'unread', error: error as NodeJS.ErrnoException }),
  )
  try {
    const todo = await sifted(sources, run)
    if (todo.length > 0 && engine !== undefined) await inPool(engine, todo, run)
    else if (todo.length > 0) run.tell({ type: 'unable', ...notInstalledFor(options) })
  } catch (error) {
    run.close()
    throw error
  }
  return await run.end(sources.length)
}

const inPool = async (engine: string, todo: readonly Source[], run: Run): Promise<void> => {
  const { options, signal } = run
  const jobs = Math.min(options.jobs, todo.length)
  const { name, spec } = specOf(engine, options, jobs, todo.length)
  const engines = { [name]: spec }
  run.tell({ type: 'starting', engine: name })
  const telemetry = await hostWatch()
  if (signal.aborted) return // interrupted meanwhile
  const group = supervise({ engines, log: hostLog(run.record), telemetry })
  onAbort(signal, () => void group.stop())
  run.kills$.subscribe(() => void group.kill())
  try {
    await group.ready()
    const ask = await askOf(group.engine(name), run)
    const each$ = from(todo).pipe(mergeMap((source) => one(source, ask, run), jobs))
    await lastValueFrom(each$, { defaultValue: undefined })
  } catch (error) {
    if (!isRpcError(error)) throw error
    const lost = group.status.find(({ state }) => state === 'quarantined')
    if (lost !== undefined) run.startFailed(hostFailure('transcribe', lost, engines))
    else if (!signal.aborted) run.tell({ type: 'unable', ...failureOf(error, engine) })
  } finally {
    await group.stop()
    await telemetry?.close()
  }
}

const askOf = async (engine: ManagedEngine, { options, signal, tell }: Run): Promise<Ask> => {
  const model = options.model ?? (await defaultModel(engine, options, signal))
  const { wordTimestamps } = await capabilitiesOf(engine, signal)
  const hasWordTimes =
    options.hasWords || (wordTimestamps === true && options.formats.some(isMadeOfCues))
  tell({ type: 'engine', engine: engine.name, model })
  return { engine, model, hasWordTimes, options, tell, signal }
}

const isMadeOfCues = (format: OutputFormat): boolean => ['srt', 'vtt', 'lrc'].includes(format)

/** Whatever becomes of it, the others go on. */
const one = async (source: Source, ask: Ask, run: Run): Promise<void> => {
  if (run.signal.aborted) return
  const startedAt = performance.now()
  const { name: file, path, targets } = source
  try {
    const mark = await markOf(path)
    const result = await transcribed(source, ask)
    if (!(await written(source, mark, result, run))) return
    const tookMs = Math.round(performance.now() - startedAt)
    const { language, segments, warnings, emptyReason } = result
    const duration = heard(result.duration, run.options.clip)
    run.tell({
      ...{ type: 'done', file, duration, language, tookMs, warnings },
      outputs: targets.map(({ name }) => name),
      segments: segments.length,
      speed: (duration * 1000) / Math.max(1, tookMs),
      ...(emptyReason !== undefined && { emptyReason }),
    })
  } catch (error) {
    if (!isRpcError(error)) throw error
    if (!run.signal.aborted) run.fail(file, failureOf(error, ask.engine.name))
  }
}
