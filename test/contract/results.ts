/** What a transcription tells while it goes, and what comes out. */
import type { Test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Result, told } from './told.js'
import type { Running } from './transcription.js'

/** Warnings that tell of segments which were told and are not in the result. */
const dropping = ['repetition', 'silence']

const inOrder = (spans: readonly { start: number; end: number }[], duration: number): void => {
  let latest = 0
  for (const { start, end } of spans) {
    assert.ok(latest <= start && start < end && end <= duration, `${latest} ${start} ${end}`)
    latest = end
  }
}

export const results = (test: Test, { client, capabilities, model, audio }: Running): void => {
  const transcribe = (more: object = {}) =>
    told(client(), 'transcription.transcribe', {
      ...{ audio: { path: audio }, model, task: 'transcribe' },
      ...more,
    })

  test('tells of its progress, in order, and answers with all of it', async () => {
    const { result, progress } = await transcribe()
    assert.is(progress[0]?.kind, 'started')
    assert.equal(
      progress.map(({ seq }) => seq),
      progress.map((_, index) => index),
    )
    const ratios = progress.flatMap((it) => (it.kind === 'progress' ? [it.ratio] : []))
    assert.equal(
      ratios,
      ratios.toSorted((a, b) => a - b),
    )
    assert.is(ratios.at(-1), 1)
    const segments = progress.flatMap((it) => (it.kind === 'segment' ? [it.segment] : []))
    if (!result.warnings.some(({ kind }) => dropping.includes(kind)))
      assert.equal(segments, result.segments)
    assert.equal(
      result.segments.map(({ id }) => id),
      result.segments.map((_, index) => index),
    )
    inOrder(result.segments, result.duration)
    assert.ok(result.text.length > 10)
    assert.is(result.emptyReason, undefined)
    assert.is(result.model, model)
    assert.ok(capabilities().devices?.includes(result.device), result.device)
  })

  test('gives the same again', async () => {
    const again = async () => (await transcribe()).result
    const said = ({ text, segments, language }: Result) => ({ text, segments, language })
    assert.equal(said(await again()), said(await again()))
  })

  test('tells only of what is wanted', async () => {
    const kinds = async (emit: readonly string[]) =>
      new Set((await transcribe({ emit })).progress.map(({ kind }) => kind))
    assert.equal([...(await kinds([]))], ['started'])
    assert.equal([...(await kinds(['segment']))], ['started', 'segment'])
    assert.equal([...(await kinds(['progress']))], ['started', 'progress'])
  })

  test('has the times of words, if they are wanted', async () => {
    assert.ok((await transcribe()).result.segments.every(({ words }) => words === undefined))
    if (capabilities().wordTimestamps !== true) return
    const { segments, warnings } = (await transcribe({ wordTimestamps: true })).result
    // The engine can; whether the model does, it says.
    const isTold = warnings.some(({ kind }) => kind === 'no_word_times')
    for (const { start, end, words } of segments) {
      assert.ok(words === undefined ? isTold : words.length > 0)
      assert.ok(
        (words ?? []).every(
          (word) => start <= word.start && word.start <= word.end && word.end <= end,
        ),
      )
    }
    const all = segments.flatMap(({ words = [] }) => words)
    const isSure = (word: (typeof all)[number]): boolean => word.probability !== undefined
    assert.is(all.filter(isSure).length, capabilities().wordProbabilities === true ? all.length : 0)
  })

  test('writes the formats that are asked for', async () => {
    const outputs = capabilities().outputFormats ?? []
    const { result } = await transcribe({ outputs, shaping: { maxCharsPerLine: 30 } })
    const { json, text, srt, vtt, lrc } = result.outputs ?? {}
    assert.equal(Object.keys(result.outputs ?? {}).sort(), outputs.toSorted())
    assert.is((JSON.parse(json ?? '{}') as { text?: string }).text, result.text)
    assert.match(srt ?? '', /^1\n00:00:\d\d,\d{3} --> /)
    assert.match(vtt ?? '', /^WEBVTT\n/)
    assert.match(lrc ?? '', /^\[00:\d\d\.\d\d\]/)
    assert.is(text?.split('\n').length, result.segments.length + 1)
    const lines = (srt ?? '').split('\n')
    assert.ok(lines.every((line) => line.length <= 30))
    assert.is((await transcribe()).result.outputs, undefined)
  })

  test('renders segments as subtitles', async () => {
    const { segments } = (await transcribe()).result
    const rendered = await client().request('subtitles.render', { segments, format: 'vtt' })
    assert.match((rendered as { text: string }).text, /^WEBVTT\n/)
  })
}
