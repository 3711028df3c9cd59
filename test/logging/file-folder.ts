/** A folder of its own for log files on the real disk, under a clock that the test moves. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type FileProblem, type FileSinkSettings, fileSink } from '../../src/logging/file-sink.js'
import { makeFolder } from '../../src/platform/folders.js'

export class LogFolder {
  readonly folder = mkdtempSync(join(tmpdir(), 'sidestream-log-'))
  readonly path = join(this.folder, 'engine.log')
  readonly problems: FileProblem[] = []
  /** Milliseconds that the sinks' clock is ahead of the disk's. */
  aheadMs = 0

  readonly now = (): number => Date.now() + this.aheadMs

  /** Large and without an end, where nothing else is said. */
  sink(settings: Partial<FileSinkSettings> = {}) {
    return fileSink(
      { path: this.path, maxBytes: 1e6, maxAgeMs: undefined, keep: 3, ...settings },
      {
        now: this.now,
        makeFolder,
        report: (problem) => this.problems.push(problem),
        note: (dropped) => `{"dropped":${dropped}}\n`,
      },
    )
  }

  text(name = 'engine.log'): string {
    return readFileSync(join(this.folder, name), 'utf8')
  }

  names(): readonly string[] {
    return readdirSync(this.folder).sort()
  }

  /** The log's files, the oldest first. */
  files(): readonly string[] {
    return logFiles(this.folder)
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** What is in the log files of a folder, the oldest first. */
export const logFiles = (folder: string): readonly string[] => {
  const age = (name: string): number => Number(name.split('.log.')[1] ?? 0)
  return readdirSync(folder)
    .filter((name) => /\.log(\.\d+)?$/.test(name))
    .sort((one, other) => age(other) - age(one))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
}
