/** Traces in a file that is rotated as log files are. */
import { makeFolder } from '../platform/folders.js'
import type { Logger } from '../ports/logger.js'
import { type FileSink, type FileSinkSettings, fileSink } from './file-sink.js'

/** As they are where nobody says otherwise. */
export const traceFileDefaults = { maxBytes: 8 * 1024 * 1024, keep: 4 } as const

type TraceFileSettings = Pick<FileSinkSettings, 'path'> &
  Partial<Pick<FileSinkSettings, 'maxBytes' | 'keep'>>

/** @param log - told when the file takes nothing more */
export const traceFile = (file: TraceFileSettings, log: Logger): FileSink =>
  fileSink(
    { ...traceFileDefaults, ...file, maxAgeMs: undefined },
    {
      now: Date.now,
      makeFolder,
      report: (problem) => log.warn({ ...problem }, 'The file of traces does not take them'),
    },
  )
