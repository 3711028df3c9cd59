/**
 * What faster-whisper (1.2.1, tiny.en, int8, VAD) made of samples/audio/librivox.wav, with the times of words and
 * without: its segments end where its window did, in the middle of sentences, and the last one ends after the recording.
 */
import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Segment } from '../../src/models/segment.js'
import { columnsOf } from '../../src/subtitles/columns.js'
import { cues } from '../../src/subtitles/cues.js'
import { leansOnNext } from '../../src/subtitles/function-words.js'
import { guard } from '../../src/subtitles/guards.js'
import { renderSrt } from '../../src/subtitles/srt.js'

const test = suite('cues of a real transcript')

const read = (name: string): readonly Segment[] =>
  JSON.parse(readFileSync(new URL(`real/${name}.json`, import.meta.url), 'utf8'))
const timed = read('librivox-words')
const untimed = read('librivox')

test('are those of an editor', () => {
  assert.is(
    renderSrt(cues(timed)),
    `1
00:00:00,000 --> 00:00:03,417
And Mr. John Dashwood
had then leisure to consider

2
00:00:03,500 --> 00:00:07,320
how much there might be prudently
in his power to do for them.

3
00:00:09,340 --> 00:00:12,260
He was not an ill-disposed young man.

4
00:00:14,460 --> 00:00:19,400
Unless to be rather cold-hearted
and rather selfish is to be ill-disposed.

5
00:00:21,770 --> 00:00:23,807
Had he married a more amiable woman

6
00:00:23,890 --> 00:00:27,390
he might have been made still
more respectable than he was.

7
00:00:28,880 --> 00:00:32,520
He might even have been made
amiable himself.
`,
  )
})

test('have the same lines where only segments have times', () => {
  const texts = (given: readonly Segment[]) => cues(given).map(({ text }) => text)
  assert.equal(texts(untimed), texts(timed))
})

for (const [name, given] of Object.entries({ timed, untimed })) {
  for (const maxCharsPerLine of [32, 42]) {
    test(`${name}, in ${maxCharsPerLine} columns: end with no word that needs the next, do not flicker, and can be read`, () => {
      const made = cues(given, { maxCharsPerLine })
      made.forEach(({ start, end, text }, at) => {
        for (const line of text.split('\n')) {
          assert.not.ok(leansOnNext(line.split(' ').at(-1) ?? ''), text)
          assert.ok(line.split(' ').length > 1, text)
        }
        const gap = (made[at + 1]?.start ?? Number.POSITIVE_INFINITY) - end
        assert.ok(gap >= 0.5 || end - start > 6.999 || Math.abs(gap - 0.083) < 1e-6, `${gap}`)
        assert.ok(end - start >= 0.833)
        assert.ok(columnsOf(text) / (end - start) < 20, text)
      })
    })
  }
}

test('of a good transcript nothing is guarded from', () => {
  for (const given of [timed, untimed])
    assert.equal(guard(given), { segments: given, warnings: [] })
})

test.run()
