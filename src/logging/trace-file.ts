/** Traces in a file that is rotated as log files are. */
import { makeFolder } from '../platform/folders.js'
import type { Logger } from '../ports/logger.js'
import { type FileSink, type FileSinkSettings, fileSink } from './file-sink.js'

/** @param log - told when the file takes nothing more */
export const traceFile = (file: Omit<FileSinkSettings, 'maxAgeMs'>, log: Logger): FileSink =>
  fileSink(
    { ...file, maxAgeMs: undefined },
    {
      now: Date.now,
      makeFolder,
      report: (problem) => log.warn({ ...problem }, 'The file of traces does not take them'),
    },
  )
