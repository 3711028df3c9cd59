/** SubRip and WebVTT, read: as files are, and not only as they should be. */
import { type Either, left, right } from 'fp-ts/lib/Either.js'
import { type Cue, cueText } from './cue.js'
import { readTimestamp } from './timestamp.js'
import { readVttText } from './vtt-text.js'

/** Why a file cannot be read. */
export interface ParseProblem {
  /** From 1. */
  readonly line: number
  readonly message: string
}

/** `keep` leaves the text as the file has it, entities included: words and speakers are not read then. */
export type Tags = 'remove' | 'keep'

type Parsed = Either<ParseProblem, readonly Cue[]>

/** A cue as lines: `at` is that of its times, from 0. */
interface Block {
  readonly at: number
  readonly text: readonly string[]
}

type ReadText = (raw: string, start: number, end: number) => Pick<Cue, 'text' | 'words' | 'speaker'>

/** Numbers may be missing, and blank lines may be in a text: it goes on to the times of the next cue. */
export const parseSrt = (file: string, tags: Tags = 'remove'): Parsed => {
  const lines = linesOf(file)
  const blocks: Block[] = []
  let end = lines.length
  for (let at = lines.length - 1; at >= 0; at -= 1) {
    if (!isTiming(lines[at] as string)) continue
    blocks.push({ at, text: lines.slice(at + 1, end) })
    end = at > 0 && isNumber(lines[at - 1] as string) ? at - 1 : at
  }
  blocks.reverse()
  const stray = [
    lines.slice(0, end).findIndex((line) => !isBlank(line)),
    ...blocks.map(strayNumber),
  ]
  const wrong = stray.find((at) => at >= 0)
  if (wrong !== undefined) return left(noTimes(wrong, lines))
  return cuesOf(blocks, lines, tags === 'keep' ? asItIs : withoutSrtTags)
}

/** @returns the line of a number that nothing follows, as where a file was cut off; -1 if there is none */
const strayNumber = ({ at, text }: Block): number => {
  const last = text.findLastIndex((line) => !isBlank(line))
  const isStray = last > 0 && isNumber(text[last] as string) && isBlank(text[last - 1] as string)
  return isStray ? at + 1 + last : -1
}

/** Settings, regions, styles and notes are left out. */
export const parseVtt = (file: string, tags: Tags = 'remove'): Parsed => {
  const lines = linesOf(file)
  if (!/^WEBVTT(?:[ \t]|$)/.test(lines[0] as string)) {
    return left({ line: 1, message: 'a WebVTT file begins with WEBVTT' })
  }
  const blocks: Block[] = []
  let at = paragraphEnd(lines, 1)
  while (at < lines.length) {
    const line = lines[at] as string
    if (isBlank(line)) at += 1
    else if (/^(?:NOTE|STYLE|REGION)(?:\s|$)/.test(line)) at = paragraphEnd(lines, at + 1)
    else {
      const timing = isTiming(line) ? at : at + 1
      if (!isTiming(lines[timing] ?? '')) return left(noTimes(at, lines))
      at = paragraphEnd(lines, timing + 1)
      blocks.push({ at: timing, text: lines.slice(timing + 1, at) })
    }
  }
  return cuesOf(blocks, lines, tags === 'keep' ? asItIs : readVttText)
}

/** Where a blank line is, or one of times that is not parted from what stands before it. */
const paragraphEnd = (lines: readonly string[], from: number): number => {
  let at = from
  while (at < lines.length && !isBlank(lines[at] as string) && !isTiming(lines[at] as string)) {
    at += 1
  }
  return at
}

const linesOf = (file: string): readonly string[] => file.replace(/^\ufeff/, '').split(/\r\n|\n|\r/)

const isBlank = (line: string): boolean => /^[ \t]*$/.test(line)
const isNumber = (line: string): boolean => /^[ \t]*\d+[ \t]*$/.test(line)
const isTiming = (line: string): boolean => line.includes('-->')

const cuesOf = (blocks: readonly Block[], lines: readonly string[], readText: ReadText): Parsed => {
  const cues: Cue[] = []
  for (const { at, text } of blocks) {
    const line = lines[at] as string
    const times = timesOf(line)
    if (times === undefined) return left(problem(at, 'these are no times', line))
    const [start, end] = times
    if (end < start) return left(problem(at, 'a cue ends before it starts', line))
    cues.push({ start, end, ...readText(text.join('\n'), start, end) })
  }
  return right(cues)
}

/** Settings may follow. */
const timing = /^\s*([\d:.,]+)\s*-->\s*([\d:.,]+)(?:\s|$)/

const timesOf = (line: string): readonly [number, number] | undefined => {
  const [, from = '', to = ''] = timing.exec(line) ?? []
  const [start, end] = [readTimestamp(from), readTimestamp(to)]
  return start === undefined || end === undefined ? undefined : [start, end]
}

const asItIs: ReadText = (raw) => ({ text: cueText(raw) })

/** Those of HTML that players know, and overrides such as `{\an8}`. Other text between `<` and `>` is text. */
const srtTag = /<\/?(?:i|b|u|s|font|c|v|lang|ruby|rt)(?:[\s.][^<>]*)?>|\{\\[^{}]*\}/gi

const withoutSrtTags: ReadText = (raw) => ({ text: cueText(raw.replace(srtTag, '')) })

/** Longest part of a line that a message shows. */
const longestShown = 60

const problem = (at: number, what: string, line: string): ParseProblem => {
  const shown = line.length > longestShown ? `${line.slice(0, longestShown - 1)}…` : line
  return { line: at + 1, message: `${what}: ${JSON.stringify(shown)}` }
}

/** @param at - a line, which may be the number of a cue */
const noTimes = (at: number, lines: readonly string[]): ParseProblem => {
  const below = lines[at + 1] ?? ''
  const place = isNumber(lines[at] as string) && !isBlank(below) ? at + 1 : at
  const what = 'expected the times of a cue, such as 00:01.500 --> 00:03.000'
  return problem(place, what, lines[place] as string)
}
