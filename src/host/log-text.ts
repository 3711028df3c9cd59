/** Log lines as programs print them for people: who says it, how bad it is, and what. */
import type { LogFacts, LogLevel } from '../ports/logger.js'
import { levelLetters, levelWords, namedLevel } from './log-level.js'

export interface TextRecord {
  readonly level: LogLevel
  readonly message: string
  readonly facts: LogFacts
  readonly source: 'python' | 'text'
}

const upper = levelWords.map((word) => word.toUpperCase())
/** In small letters, these begin sentences of another kind. */
const everyday = ['information', 'notice', 'success', 'panic', 'alert']
const lower = levelWords.filter((word) => !everyday.includes(word))
const capital = lower.map((word) => word.replace(/^./, (first) => first.toUpperCase()))
/** In capitals it is a level anywhere; otherwise only where a colon or brackets say so. */
const LEVEL = `(?<level>${upper.join('|')})`
const level = `(?<level>${[...upper, ...lower, ...capital].join('|')})`
const letter = `(?<level>[${levelLetters.join('')}])`
const date = String.raw`\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?`

const shape = (source: 'python' | 'text', { raw }: TemplateStringsArray, ...parts: string[]) => ({
  source,
  // Each begins at the start of the line and has no repetition within another: none takes more than linear time.
  pattern: new RegExp(`^${String.raw({ raw }, ...parts)}(?<text>.*)$`, 's'),
})
const python = (raw: TemplateStringsArray, ...parts: string[]) => shape('python', raw, ...parts)
const text = (raw: TemplateStringsArray, ...parts: string[]) => shape('text', raw, ...parts)

const shapes = [
  // WARNING:root:…
  python`${LEVEL}:(?<logger>[^\s:]+):`,
  // 2024-01-01 12:00:00,123 - modelscope - INFO - …
  python`${date} - (?<logger>\S+) - ${LEVEL} - `,
  // [2024-01-01 12:00:00,123] INFO in app: …
  python`\[${date}\] ${LEVEL} in (?<logger>\S+): `,
  // loguru: 2024-01-01 12:00:00.123 | INFO     | module:function:1 - …
  python`${date} \| ${LEVEL} *\| (?<logger>\S+) - `,
  // transformers: [WARNING|trainer.py:12] 2024-01-01 12:00:00,123 >> …
  python`\[${LEVEL}\|(?<logger>[^\]\s]+)\] ${date} >> `,
  // 2024-01-01 12:00:00,123 INFO module: …, as Rust's tracing writes it, too
  python`${date} +${LEVEL} +(?<logger>[\w.:-]+): `,
  // spdlog, and so CTranslate2: [2024-01-01 12:00:00.123] [ctranslate2] [thread 1] [warning] …
  // hydra, and so FunASR: [2024-01-01 12:00:00,123][root][INFO] - …
  text`\[${date}\] ?\[(?<logger>[^\]\s]+)\] ?(?:\[thread \d+\] )?\[${level}\] (?:- )?`,
  // onnxruntime: 2024-01-01 12:00:00.123456789 [W:onnxruntime:Default, graph.cc:12 Function] …
  text`${date} \[${letter}:(?<logger>[^,\]]*),[^\]]*\] `,
  // TensorFlow: 2024-01-01 12:00:00.123456: W tensorflow/core/x.cc:12] …
  text`${date}: ${letter} (?<logger>[^\]\s]+)\] `,
  // glog: W0101 12:00:00.123456 1234 file.cc:12] …
  text`${letter}\d{4} [\d:.]+ +\d+ (?<logger>[^\]\s]+)\] `,
  text`\[?${date}\]? +${LEVEL}:? +`,
  text`\[?${date}\]? +\[${level}\] *`,
  // `Error: …` and `Warning: …` stay whole, as JavaScript and Python print them.
  text`(?!Error:|Warning:)${level}: *`,
  text`\[${level}\] *`,
]

const failures = [
  // TypeError: …, Error [ERR_X]: …, torch.OutOfMemoryError: …, a lone AssertionError
  /^(?:Uncaught |Caused by: |\[)?[\w.$]*(?:Error|Exception)(?: \[\w+\])?(?::|$)/,
  /^\s*Traceback \(most recent call last\):/,
  /^Exception in thread /,
  /^(?:FATAL ERROR|Fatal Python error|panic|fatal error): /,
  /^thread '.*' panicked at /,
  /^terminate called /,
  /^(?:\S+: )?(?:Segmentation fault|Bus error|Aborted|Illegal instruction|Killed)\b/,
]

/** @param line - without control characters */
export const readText = (line: string): TextRecord => {
  for (const { source, pattern } of shapes) {
    const found = pattern.exec(line)?.groups
    if (found === undefined) continue
    const { logger } = found
    return {
      level: namedLevel(found['level'] as string) as LogLevel,
      message: found['text'] as string,
      facts: logger === undefined ? {} : { logger },
      source,
    }
  }
  return { level: guess(line), message: line, facts: {}, source: 'text' }
}

const guess = (line: string): LogLevel => {
  if (failures.some((pattern) => pattern.test(line))) return 'error'
  // Python's warnings.warn puts the file ahead of it, Node its name and pid.
  return line.includes('Warning:') ? 'warn' : 'info'
}
