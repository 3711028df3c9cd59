/** A run over files: what came of each, and why it ends before all are done. */
import { Subject } from 'rxjs'
import { exitCodes } from '../engine/lifecycle.js'
import type { HostRecord } from './host-log.js'
import type { Failure, TranscribeEvent, TranscribeView } from './transcribe-events.js'
import { Journal } from './transcribe-journal.js'
import type { TranscribeOptions } from './transcribe-options.js'
import { afterWriteError, type Signal, signalNumbers } from './with-engine.js'

/** The first one counts. */
type Cause =
  | { readonly what: 'signal'; readonly signal: Signal }
  | { readonly what: 'unread'; readonly error: NodeJS.ErrnoException }
  | { readonly what: 'disk full' }
  | { readonly what: 'not started'; readonly why: string }

export class Run {
  readonly options: TranscribeOptions
  readonly journal: Journal
  /** It was interrupted once more. */
  readonly kills$ = new Subject<void>()
  private readonly view: TranscribeView
  private readonly stopping = new AbortController()
  private readonly counts = { done: 0, skipped: 0, failed: 0 }
  private readonly failures = new Set<string>()
  private readonly texts: string[] = []
  private cause: Cause | undefined
  private isInterrupted = false

  constructor(options: TranscribeOptions, view: TranscribeView) {
    this.options = options
    this.view = view
    const { engine, model, language, task, prompt, hasVad, hasWords, shaping, passed } = options
    const { hotwords, beamSize, temperature, clip, device, computeType, guards } = options
    const { config, set } = passed
    this.journal = new Journal({
      ...{ engine, model, language, task, prompt, hasVad, hasWords, shaping, config, set },
      ...{ hotwords, beamSize, temperature, clip, device, computeType, guards },
    })
  }

  /** Aborts when it is to end. */
  get signal(): AbortSignal {
    return this.stopping.signal
  }

  /** Of an instance, as it is passed on. */
  readonly tell = (event: TranscribeEvent): void => {
    if (event.type === 'done' || event.type === 'skipped' || event.type === 'failed')
      this.counts[event.type] += 1
    if (event.type === 'failed' || event.type === 'unable') this.failures.add(event.kind)
    this.view.event(event)
  }

  readonly record = (record: HostRecord): void => this.view.record(record)

  fail(file: string, failure: Failure): void {
    this.tell({ type: 'failed', file, ...failure })
  }

  /** For stdout, when nothing is drawn any more. */
  print(text: string): void {
    this.texts.push(text)
  }

  interrupt(signal: Signal): void {
    if (this.isInterrupted) {
      this.tell({ type: 'stopping', why: 'Killing the engine.' })
      this.kills$.next()
    } else {
      this.isInterrupted = true
      this.tell({ type: 'stopping', why: 'Stopping. Ctrl-C once more kills the engine.' })
      this.stop({ what: 'signal', signal })
    }
  }

  stop(cause: Cause): void {
    this.cause ??= cause
    this.stopping.abort()
  }

  /** @param why - lines for people */
  startFailed(why: string): void {
    this.stop({ what: 'not started', why })
  }

  /** @param files - how many there are. @returns the exit code */
  async end(files: number): Promise<number> {
    const { done, skipped, failed } = this.counts
    const left = files - done - skipped - failed
    this.view.event({ type: 'end', ...this.counts, left })
    this.close()
    await this.flush()
    switch (this.cause?.what) {
      case 'signal':
        return 128 + signalNumbers[this.cause.signal]
      case 'unread':
        return afterWriteError(this.cause.error) || (left > 0 ? exitCodes.outputBroken : 0)
      case 'disk full':
        return exitCodes.outputBroken
      case 'not started':
        process.stderr.write(this.cause.why)
        return exitCodes.startFailed
      case undefined:
        if (this.failures.has('OutputFailed')) return exitCodes.outputBroken
        return this.failures.size > 0 ? 1 : 0
    }
  }

  /** A disk that is full is told of once what was written has come to it. */
  private flush(): Promise<void> {
    return new Promise((resolve) => {
      process.stdout.write(this.texts.join(''), (error) => {
        if (error) this.stop({ what: 'unread', error })
        resolve()
      })
    })
  }

  close(): void {
    this.view.end()
  }
}
