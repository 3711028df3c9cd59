/** What is typed behind `sidestream transcribe`, read and checked. */
import type { Clip } from '../models/audio.js'
import type { OutputFormat, SubtitleShaping } from '../models/subtitles.js'
import type { Guarding } from '../models/transcribe-request.js'
import { oneOf, readArguments } from './arguments.js'
import { readDuration } from './call-input.js'
import { readClip } from './clip-text.js'
import { type Passed, passedKinds, passedOf } from './engine-command.js'
import { UsageError } from './usage-error.js'

const kinds = {
  engine: 'text',
  model: 'text',
  language: 'text',
  task: 'text',
  prompt: 'text',
  hotwords: 'text',
  'beam-size': 'text',
  temperature: 'text',
  clip: 'text',
  'no-vad': 'flag',
  guards: 'text',
  device: 'text',
  'compute-type': 'text',
  format: 'text',
  output: 'text',
  words: 'flag',
  'max-chars': 'text',
  'max-lines': 'text',
  'max-cps': 'text',
  jobs: 'text',
  timeout: 'text',
  overwrite: 'flag',
  json: 'flag',
  ...passedKinds,
} as const

export interface TranscribeOptions {
  readonly files: readonly string[]
  /** Name or path; undefined for one that is installed. */
  readonly engine: string | undefined
  /** Undefined for the best that the engine has. */
  readonly model: string | undefined
  readonly language: string | undefined
  readonly task: 'transcribe' | 'translate'
  readonly prompt: string | undefined
  readonly hotwords: readonly string[] | undefined
  readonly beamSize: number | undefined
  readonly temperature: number | readonly number[] | undefined
  /** Of each file. */
  readonly clip: Clip | undefined
  readonly hasVad: boolean
  readonly guards: Guarding | undefined
  /** Undefined for what the engine's own settings say. */
  readonly device: string | undefined
  readonly computeType: string | undefined
  readonly formats: readonly OutputFormat[]
  /** A folder, or `-` for stdout; undefined is beside each file. */
  readonly output: string | undefined
  /** Times of words are in the formats that can have them. */
  readonly hasWords: boolean
  readonly shaping: SubtitleShaping
  /** Files at once. */
  readonly jobs: number
  /** For each file. */
  readonly timeoutMs: number | undefined
  readonly isOverwriting: boolean
  readonly isJson: boolean
  readonly passed: Passed
}

/** By what they are called here, which is how their files end. */
const formats: Readonly<Record<string, OutputFormat>> = {
  srt: 'srt',
  vtt: 'vtt',
  json: 'json',
  txt: 'text',
  text: 'text',
  lrc: 'lrc',
}

/** @throws UsageError */
export const readTranscribeOptions = (args: readonly string[]): TranscribeOptions => {
  const { positionals: files, options } = readArguments(args, kinds, Infinity)
  if (files.length === 0)
    throw new UsageError('Which files? Such as: sidestream transcribe interview.mp3')
  const { engine, model, language, prompt, output, device, 'compute-type': computeType } = options
  const texts = { engine, model, language, output, device, 'compute-type': computeType }
  for (const [name, text] of Object.entries(texts))
    if (text === '') throw new UsageError(`--${name} wants a value behind it`)
  const typed = {
    maxCharsPerLine: readWhole('max-chars', options['max-chars']),
    maxLines: readWhole('max-lines', options['max-lines']),
    maxCps: readNumber('max-cps', options['max-cps']),
  }
  const read: TranscribeOptions = {
    ...{ files, engine, model, language, prompt, output, device, computeType },
    task: oneOf('task', options.task, ['transcribe', 'translate']) ?? 'transcribe',
    hotwords: options.hotwords
      ?.split(',')
      .map((it) => it.trim())
      .filter((it) => it !== ''),
    beamSize: readWhole('beam-size', options['beam-size']),
    temperature: readTemperature(options.temperature),
    clip: readClip(options.clip),
    hasVad: options['no-vad'] !== true,
    guards: oneOf('guards', options.guards, ['drop', 'flag', 'off']),
    formats: readFormats(options.format ?? 'srt'),
    hasWords: options.words === true,
    shaping: Object.fromEntries(Object.entries(typed).filter(([, value]) => value !== undefined)),
    jobs: readWhole('jobs', options.jobs) ?? 1,
    timeoutMs: options.timeout === undefined ? undefined : readDuration(options.timeout),
    isOverwriting: options.overwrite === true,
    isJson: options.json === true,
    passed: passedOf(options),
  }
  if (output === '-') checkStdout(read)
  return read
}

const readFormats = (typed: string): readonly OutputFormat[] => {
  const names = typed.split(',').map((name) => name.trim().toLowerCase())
  return [
    ...new Set(
      names.map((name) => formats[oneOf('format', name, Object.keys(formats)) as string] ?? 'srt'),
    ),
  ]
}

const readNumber = (name: string, typed: string | undefined): number | undefined => {
  if (typed === undefined) return undefined
  const number = Number(typed)
  if (typed.trim() !== '' && Number.isFinite(number) && number >= 1) return number
  throw new UsageError(`--${name} is a number of at least 1, and not ${typed}`)
}

const readTemperature = (typed: string | undefined): number | readonly number[] | undefined => {
  if (typed === undefined) return undefined
  const degrees = typed.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)))
  if (degrees.some((degree) => !(degree >= 0 && degree <= 1)))
    throw new UsageError(
      `--temperature is a number from 0 to 1, or several with commas between, and not ${typed}`,
    )
  return degrees.length === 1 ? degrees[0] : degrees
}

const readWhole = (name: string, typed: string | undefined): number | undefined => {
  const number = readNumber(name, typed)
  if (number === undefined || Number.isInteger(number)) return number
  throw new UsageError(`--${name} is a whole number, and not ${typed}`)
}

const checkStdout = ({ files, formats, isJson }: TranscribeOptions): void => {
  if (isJson) throw new UsageError('--output - and --json both want stdout. Take one of them')
  if (files.length > 1 || formats.length > 1)
    throw new UsageError('--output - takes one file and one format')
}
