/** All that an engine prints beside its messages: on stderr, and on stdout where it has a channel of its own. */
import { merge, type Observable } from 'rxjs'
import type { Clock } from '../ports/clock.js'
import type { Logger } from '../ports/logger.js'
import { EngineLog } from './engine-log.js'

/** Of what came first on stdout, in bytes. */
const longestQuote = 200

export class EngineOutput {
  /** Completes at the end. */
  readonly lines$: Observable<string>
  /** Bytes on stdout that were no messages. */
  strayBytes = 0
  /** How those began. */
  firstStray: string | undefined
  private readonly stderr: EngineLog
  private readonly stdout: EngineLog

  constructor(clock: Clock, log: Logger) {
    this.stderr = new EngineLog(clock, log)
    this.stdout = new EngineLog(clock, log.child({ source: 'stdout' }))
    this.lines$ = merge(this.stderr.lines$, this.stdout.lines$)
  }

  print(chunk: Uint8Array): void {
    this.stderr.push(chunk)
  }

  /** Takes what came on stdout and is no message. */
  stray(chunk: Uint8Array): void {
    this.strayBytes += chunk.length
    this.firstStray ||= Buffer.from(chunk).toString('utf8', 0, longestQuote).trim()
    this.stdout.push(chunk)
  }

  end(): void {
    this.stderr.end()
    this.stdout.end()
  }

  /** Often the reason why an engine is gone. */
  get lastLines(): readonly string[] {
    return [...this.stdout.lastLines, ...this.stderr.lastLines]
  }

  /** The last of its stderr as it was, up to 64 KiB. */
  get tail(): string {
    return this.stderr.tail
  }
}
