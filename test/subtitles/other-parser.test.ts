/** What we write, read by a parser that nobody here wrote. */
import fc from 'fast-check'
import * as captions from 'media-captions'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Cue } from '../../src/subtitles/cue.js'
import { cues } from '../../src/subtitles/cues.js'
import { renderSrt } from '../../src/subtitles/srt.js'
import { renderVtt } from '../../src/subtitles/vtt.js'
import { runs, segments, shaping } from './arbitrary.js'

/** What of media-captions is used. Its own types are lost: they name files as NodeNext does not find them. */
interface Captions {
  readonly parseText: (
    text: string,
    options: { readonly type: 'srt' | 'vtt'; readonly errors: true; readonly strict: boolean },
  ) => Promise<{ readonly cues: readonly VttCue[]; readonly errors: readonly Error[] }>
  readonly tokenizeVTTCue: (cue: VttCue) => readonly VttNode[]
}

interface VttCue {
  readonly startTime: number
  readonly endTime: number
  readonly text: string
}

interface VttNode {
  readonly type: string
  readonly data?: string
  readonly time?: number
  readonly voice?: string
  readonly children?: readonly VttNode[]
}

const { parseText, tokenizeVTTCue } = captions as unknown as Captions

const test = suite('files of subtitles, read by media-captions')

const read = async (text: string, type: 'srt' | 'vtt') => {
  const parsed = await parseText(text, { type, errors: true, strict: type === 'vtt' })
  assert.equal(parsed.errors, [])
  return parsed.cues
}

const timesOf = (read: readonly VttCue[]) =>
  read.map(({ startTime, endTime }) => [startTime, endTime].map((it) => Number(it.toFixed(3))))
const sameTimes = (read: readonly VttCue[], written: readonly Cue[]): void =>
  assert.equal(
    timesOf(read),
    written.map(({ start, end }) => [start, end]),
  )

const made = fc.tuple(segments, shaping).map(([given, limits]) => cues(given, limits))

test('SubRip', async () => {
  await fc.assert(
    fc.asyncProperty(made, async (written) => {
      const found = await read(renderSrt(written), 'srt')
      sameTimes(found, written)
      assert.equal(
        found.map(({ text }) => text),
        written.map(({ text }) => text),
      )
    }),
    runs,
  )
})

const leaves = (nodes: readonly VttNode[]): readonly VttNode[] =>
  nodes.flatMap((node) => (node.children ? [node, ...leaves(node.children)] : [node]))

test('WebVTT: text, who speaks, and when each word is said', async () => {
  await fc.assert(
    fc.asyncProperty(made, async (written) => {
      const found = await read(renderVtt(written, 'words'), 'vtt')
      sameTimes(found, written)
      found.forEach((one, at) => {
        const { text, speaker, words = [], start, end } = written[at] as Cue
        const nodes = leaves(tokenizeVTTCue(one))
        assert.is(nodes.map(({ data = '' }) => data).join(''), text)
        assert.is(nodes.find(({ type }) => type === 'v')?.voice, speaker)
        const times = nodes.flatMap(({ type, time }) => (type === 'timestamp' ? [time] : []))
        const growing = new Set(
          words.map((word) => word.start).filter((it) => it > start && it < end),
        )
        assert.equal(
          times.map((it) => Number(it?.toFixed(3))),
          [...growing],
        )
      })
    }),
    runs,
  )
})

test.run()
