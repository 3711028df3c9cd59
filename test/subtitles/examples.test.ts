/** Cues as an editor would make them, in several languages. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Segment } from '../../src/models/segment.js'
import type { SubtitleShaping } from '../../src/models/subtitles.js'
import { cues } from '../../src/subtitles/cues.js'
import { byCharacter, segment, spoken } from './segments.js'

const test = suite('examples of cues')

/** `start–end line / line` */
const shown = (given: readonly Segment[], shaping?: SubtitleShaping): readonly string[] =>
  cues(given, shaping).map(
    ({ start, end, text }) => `${start}–${end} ${text.replaceAll('\n', ' / ')}`,
  )

test('English, with words: cues end with sentences, and the title of a man ends none', () => {
  const text =
    'When I was young, my father told me that the sea had no end, and I believed him. Mr. Smith did not. He said there is always another shore, and whoever sails long enough will see it.'
  assert.equal(shown([spoken(text)]), [
    '0–6.297 When I was young, my father told me that / the sea had no end, and I believed him.',
    '6.38–8.397 Mr. Smith did not.',
    '8.48–14.4 He said there is always another shore, / and whoever sails long enough will see it.',
  ])
})

test('English, without words and marks: about as long', () => {
  const text =
    'he was not an ill disposed young man unless to be rather cold hearted and rather selfish is to be ill disposed but he was in general well respected'
  assert.equal(shown([segment(text, 0, 9.5)]), [
    '0–4.388 he was not an ill disposed young man / unless to be rather cold hearted',
    '4.471–9.5 and rather selfish is to be ill disposed / but he was in general well respected',
  ])
})

test('German: clauses, quotes, and words that are longer than a line', () => {
  const text =
    'Die Bundesregierung hat gestern beschlossen, dass die Geschwindigkeitsbegrenzung auf Autobahnen nicht eingeführt wird, obwohl viele Bürgerinnen und Bürger dafür sind. „Das ist ein Fehler“, sagte Dr. Müller.'
  assert.equal(shown([spoken(text)]), [
    '0–3.017 Die Bundesregierung / hat gestern beschlossen,',
    '3.1–7.977 dass die Geschwindigkeitsbegrenzung / auf Autobahnen nicht eingeführt wird,',
    '8.06–11.537 obwohl viele Bürgerinnen / und Bürger dafür sind.',
    '11.62–15.1 „Das ist ein Fehler“, sagte Dr. Müller.',
  ])
  const long = 'Das Donaudampfschifffahrtsgesellschaftskapitänspatent gilt.'
  assert.equal(shown([segment(long, 0, 5)], { maxCharsPerLine: 32, maxLines: 3 }), [
    '0–5 Das / Donaudampfschifffahrtsgesellscha / ftskapitänspatent gilt.',
  ])
})

const japanese =
  '昨日、東京駅の近くにある新しいレストランで友達と一緒に晩ご飯を食べました。とても美味しかったので、来週もまた行きたいと思っています。「本当に？」と彼女は言った。'

test('Japanese: no particle, ending or mark begins a line, and no word of katakana is torn apart', () => {
  const expected = [
    '昨日、東京駅の近くにある / 新しいレストランで友達と',
    '一緒に晩ご飯を食べました。 / とても美味しかったので、',
    '来週もまた行きたいと / 思っています。',
    '「本当に？」と / 彼女は言った。',
  ]
  for (const given of [segment(japanese, 0, 18), byCharacter(japanese)]) {
    const lines = shown([given], { maxCharsPerLine: 26 }).map((it) => it.replace(/^\S+ /, ''))
    assert.equal(lines, expected)
  }
})

test('Chinese: character by character, with the marks of the text', () => {
  const text =
    '今天天气很好，我们去公园玩吧！昨天晚上我在图书馆看了一本非常有意思的书，书名叫做《百年孤独》，你看过吗？'
  assert.equal(shown([byCharacter(text)], { maxCharsPerLine: 32 }), [
    '0–2.517 今天天气很好，我们去公园玩吧！',
    '2.6–6.517 昨天晚上我在图书馆看了 / 一本非常有意思的书，',
    '6.6–9.18 书名叫做《百年孤独》，你看过吗？',
  ])
})

test('Chinese and English, mixed: Latin words stay whole', () => {
  const text =
    '我们用 GPT-4 和 Whisper 做了一个 subtitle editor，it works quite well，大家都很喜欢。'
  assert.equal(shown([segment(text, 0, 9)], { maxCharsPerLine: 30 }), [
    '0–5.128 我们用 GPT-4 和 Whisper / 做了一个 subtitle editor，',
    '5.211–9 it works quite well， / 大家都很喜欢。',
  ])
})

test('Arabic and Thai: lines are of whole words', () => {
  const arabic = 'عندما كنت صغيراً، قال لي أبي إن البحر لا نهاية له، وصدّقته. لكن أخي لم يصدّقه.'
  assert.equal(shown([segment(arabic, 0, 7)]), [
    '0–7 عندما كنت صغيراً، قال لي أبي إن البحر / لا نهاية له، وصدّقته. لكن أخي لم يصدّقه.',
  ])
  const thai = 'สวัสดีครับวันนี้อากาศดีมากเราไปเที่ยวสวนสาธารณะกันเถอะ'
  assert.equal(shown([segment(thai, 0, 5)], { maxCharsPerLine: 20 }), [
    '0–2.417 สวัสดีครับวันนี้ / อากาศดีมากเรา',
    '2.5–5 ไปเที่ยวสวน / สาธารณะกันเถอะ',
  ])
})

test('pictures are never torn apart', () => {
  const text = 'Nice 👨‍👩‍👧‍👦👍🏽 work, everybody 🇩🇪! See you tomorrow.'
  assert.equal(shown([segment(text, 0, 4)], { maxCharsPerLine: 20 }), [
    '0–2.417 Nice 👨‍👩‍👧‍👦👍🏽 work, / everybody 🇩🇪!',
    '2.5–4 See you tomorrow.',
  ])
  const families = '👨‍👩‍👧‍👦'.repeat(3)
  assert.equal(shown([segment(families, 0, 4)], { maxCharsPerLine: 4 }), [
    '0–4 👨‍👩‍👧‍👦👨‍👩‍👧‍👦 / 👨‍👩‍👧‍👦',
  ])
})

test('French: a mark stays with its word across the space between them', () => {
  const text = 'Quoi ! Vous « partez » déjà ? Il est bien trop tôt pour s’en aller, mon ami !'
  assert.equal(shown([segment(text, 0, 8)], { maxCharsPerLine: 22 }), [
    '0–2.667 Quoi ! / Vous « partez » déjà ?',
    '2.75–6.417 Il est bien trop / tôt pour s’en aller,',
    '6.5–8 mon ami !',
  ])
})

test('a segment that is a good cue stays one', () => {
  const given = [segment('Hello there.', 0, 1.2), segment('How are you today?', 1.7, 3)]
  assert.equal(shown(given), ['0–1.2 Hello there.', '1.7–3 How are you today?'])
  const full = 'When I was young, I lived by the old sea. My father told me it had no other end.'
  assert.equal(shown([segment(full, 0, 6.5)], { breakOn: ['punctuation'] }), [
    '0–6.5 When I was young, I lived by the old sea. / My father told me it had no other end.',
  ])
})

test('less than half a second without text is a flicker: the cue stays', () => {
  const pause = (start: number) => [segment('Hello there.', 0, 1.2), segment('Bye.', start, 3)]
  assert.equal(shown(pause(1.699)), ['0–1.616 Hello there.', '1.699–3 Bye.'])
  assert.equal(shown(pause(1.7)), ['0–1.2 Hello there.', '1.7–3 Bye.'])
  assert.equal(shown(pause(1.6), { minGapMs: 0 }), ['0–1.6 Hello there.', '1.6–3 Bye.'])
  assert.equal(shown(pause(1.6), { maxDurationMs: 1300 }), ['0–1.3 Hello there.', '1.6–2.9 Bye.'])
})

test('a sentence that an engine has cut goes on, where full stops tell that it does', () => {
  const given = [
    segment('He might have been made still more respectable than', 0, 3),
    segment('he was.', 3, 3.6),
    segment('She was not.', 3.6, 5),
  ]
  assert.equal(shown(given), [
    '0–3.517 He might have been made still / more respectable than he was.',
    '3.6–5 She was not.',
  ])
  const unmarked = given
    .slice(0, 2)
    .map((it) => ({ ...it, text: it.text.toLowerCase().replace('.', '') }))
  assert.equal(shown(unmarked), [
    '0–2.917 he might have been made / still more respectable than',
    '3–3.833 he was',
  ])
  const apart = given.map((it, at) => ({ ...it, speaker: at === 0 ? 'A' : 'B' }))
  assert.match(shown(apart)[0] ?? '', /respectable than$/)
})

/** Of words that a clause could end between anywhere. */
const even = (count: number, word = 'word'): string => Array<string>(count).fill(word).join(' ')

test('of two places that are as good, a sentence is cut where its segments meet', () => {
  const sentence = (first: number) => [
    segment(even(first), 0, first * 0.4),
    segment(`${even(20 - first)}.`, first * 0.4, 8),
  ]
  for (const first of [9, 11]) {
    const [cue] = cues(sentence(first))
    assert.is(cue?.text.split(/\s/).length, first)
  }
  const [far] = cues(sentence(15))
  assert.is(far?.text.split(/\s/).length, 10)
})

test('where no place is wanted, clauses are better than words, and words that need others are worst', () => {
  const cutAt = (text: string): number =>
    cues([segment(text, 0, 8)], { breakOn: [] })[0]?.text.split(/\s/).length ?? 0
  assert.is(cutAt(even(20)), 10)
  for (const mark of [',', '!']) assert.is(cutAt(`${even(9)}${mark} ${even(11)}`), 9)
  assert.is(cutAt(`${even(11)} because ${even(8)}`), 11)
  assert.is(cutAt(`${even(9)} the ${even(10)}`), 9)
})

test('a silence of thought behind a word that needs the next ends no cue, and a long one does', () => {
  const text = `${even(4)} and ${even(12)}`
  const cutAfter = (pause: number): number => {
    const words = text.split(/(?= )/).map((word, at) => {
      const start = at * 0.4 + (at > 4 ? pause : 0)
      return { word, start, end: start + 0.4 }
    })
    const [cue] = cues([segment(text, 0, 7 + pause, { words })])
    return cue?.text.split(/\s/).length ?? 0
  }
  assert.is(cutAfter(0.9), 4)
  assert.is(cutAfter(1), 5)
})

test('a gap takes no more than half of the time to the next cue', () => {
  const given = [segment('A', 1, 1.1, { speaker: 'A' }), segment('B', 1.1, 3, { speaker: 'B' })]
  assert.equal(shown(given), ['1–1.05 A', '1.1–3 B'])
})

test('one that would be gone before it is read goes with the next, but not with another speaker', () => {
  const given = [
    segment('Are you coming?', 0, 1, { speaker: 'A' }),
    segment('Yes.', 1, 1.3, { speaker: 'B' }),
    segment('I am.', 1.3, 1.9, { speaker: 'B' }),
  ]
  assert.equal(shown(given), ['0–0.917 Are you coming?', '1–1.9 Yes. I am.'])
  const others = given.map((it, at) => ({ ...it, speaker: `${at}` }))
  const mixed = [
    segment('Yes.', 0, 0.2, { speaker: 'A' }),
    segment('No!', 0.2, 2, { speaker: 'B' }),
  ]
  assert.equal(cues(mixed, { breakOn: [] }), [{ start: 0, end: 2, text: 'Yes. No!' }])
  assert.equal(shown(others), ['0–0.917 Are you coming?', '1–1.217 Yes.', '1.3–2.133 I am.'])
})

test('a cue ends with its last word, and does not wait for the end of its segment', () => {
  const words = [
    { start: 1, end: 1.4, word: ' Good' },
    { start: 1.4, end: 2.1, word: ' bye.' },
  ]
  const given = [segment('Good bye.', 0.5, 6, { words })]
  assert.equal(shown(given), ['1–2.3 Good bye.'])
  assert.equal(shown(given, { padMs: 499.6 }), ['1–2.6 Good bye.'])
})

test('a long silence in a segment is between two cues', () => {
  const words = ['So', ' this', ' is', ' it.', ' And', ' now'].map((word, at) => ({
    ...{ word, start: at < 4 ? at * 0.3 : at + 1, end: at < 4 ? at * 0.3 + 0.3 : at + 1.4 },
  }))
  const given = [segment('So this is it. And now', 0, 6.5, { words })]
  assert.equal(shown(given), ['0–1.4 So this is it.', '5–6.6 And now'])
  assert.equal(shown(given, { breakOn: ['punctuation'] }), ['0–6.6 So this is it. And now'])
})

test('the first of `breakOn` is the best place', () => {
  const text =
    'one two three four! Five six seven eight nine ten eleven twelve thirteen fourteen fifteen'
  const words = text.split(/(?= )/).map((word, at) => {
    const start = at * 0.3 + (at > 9 ? 0.5 : 0)
    return { word, start, end: start + 0.3 }
  })
  const given = [segment(text, 0, 6, { words })]
  const firstOf = (breakOn: NonNullable<SubtitleShaping['breakOn']>): string =>
    cues(given, { breakOn })[0]?.text.replaceAll('\n', ' ') ?? ''
  assert.match(firstOf(['pause', 'punctuation']), /ten$/)
  assert.match(firstOf(['punctuation', 'pause']), /four!$/)
})

test('a text that takes longer than a cue may be shown is said at once', () => {
  assert.equal(shown([segment('Thank you.', 3, 33)]), ['3–10 Thank you.'])
  const longer = 'When I was young, my father told me that the sea had no end, and I believed him.'
  assert.equal(shown([segment(longer, 0, 40)]), [
    '0–5.792 When I was young, my father told me / that the sea had no end,',
    '5.875–12.875 and I believed him.',
  ])
})

test('speech that is not over when its cue has to end is cut before, if it is worth it', () => {
  const timed = (text: string, each: number) =>
    text.split(/(?= )/).map((word, at) => ({ word, start: at * each, end: (at + 1) * each }))
  const text = 'The first half of it. The other half.'
  assert.equal(shown([segment(text, 0, 7.4, { words: timed(text, 0.925) })]), [
    '0–4.542 The first half of it.',
    '4.625–7.6 The other half.',
  ])
  assert.equal(shown([segment(text, 0, 7.04, { words: timed(text, 0.88) })]), [`0–7 ${text}`])
})

test('speech that takes much longer than a cue may be shown is always cut', () => {
  const text = 'one two three four five six seven eight'
  const words = text.split(/(?= )/).map((word, at) => ({ word, start: at, end: at + 1 }))
  assert.equal(shown([segment(text, 0, 8, { words })], { breakOn: [] }), [
    '0–3.917 one two three four',
    '4–8.2 five six seven eight',
  ])
})

test('a space without width is where a line may end, and nothing else', () => {
  const given = [segment('foo\u200bbar', 0, 2)]
  assert.equal(shown(given), ['0–2 foobar'])
  assert.equal(shown(given, { maxCharsPerLine: 4 }), ['0–2 foo / bar'])
})

test('one that is far too fast to read goes with a slow one', () => {
  const given = [
    segment('Incomprehensibilities are everywhere, sir.', 0, 0.9),
    segment('Are they?', 0.9, 5),
  ]
  assert.equal(shown(given), ['0–5 Incomprehensibilities / are everywhere, sir. Are they?'])
})

test('words of an engine are whole, and longer ones than a line are broken between words of a dictionary', () => {
  const inOne = (text: string) => segment(text, 0, 4, { words: [{ word: text, start: 0, end: 4 }] })
  const narrow = (columns: number) => ({ maxCharsPerLine: columns, maxLines: 4 })
  assert.equal(shown([inOne('今天天气很好我们去公园玩吧')], narrow(10)), [
    '0–4.2 今天天气 / 很好我们去 / 公园玩吧',
  ])
  assert.equal(shown([inOne('a漢漢漢漢')], narrow(5)), ['0–4.2 a漢漢 / 漢漢'])
  assert.equal(shown([inOne('aコンピューター')], narrow(7)), ['0–4.2 aコン / ピュー / ター'])
  const words = ['我们', '用', 'sub', 'title'].map((word, at) => ({ word, start: at, end: at + 1 }))
  assert.equal(shown([inOne('aアメリカ')], narrow(7)), ['0–4.2 aアメリ / カ'])
  const parts = ['我们', '用', 'sub', 'titles', '吧'].map((word, at) => ({
    ...{ word, start: at, end: at + 1 },
  }))
  assert.equal(shown([segment('我们用subtitles吧', 0, 5, { words: parts })], narrow(9)), [
    '0–5.2 我们用 / subtitles / 吧',
  ])
  assert.equal(shown([segment('我们用subtitle', 0, 4, { words })], narrow(12)), [
    '0–4.2 我们用 / subtitle',
  ])
})

test('a cue that is read slowly stays until the next', () => {
  const given = [segment('Incomprehensibilities!', 0, 0.4), segment('No.', 1, 2)]
  assert.equal(shown(given), ['0–0.917 Incomprehensibilities!', '1–2 No.'])
  assert.equal(shown(given.slice(0, 1)), ['0–1.295 Incomprehensibilities!'])
})

test('times that say nothing are spread: no times of words, or the same for all', () => {
  const words = ['One', ' two'].map((word) => ({ word, start: 0, end: 0 }))
  const [cue] = cues([segment('One two', 4, 6, { words })])
  assert.equal(cue, { start: 4, end: 6, text: 'One two' })
})

test('a word that is far from its segment does not take all others along', () => {
  const words = [
    { word: 'One', start: 1, end: 1.5 },
    { word: ' two.', start: 1000, end: 1001 },
  ]
  const given = [segment('One two.', 1, 2, { words }), segment('Three.', 3.2, 4)]
  assert.equal(shown(given), ['1–2.7 One two.', '3.2–4.033 Three.'])
})

test('words without their spaces and marks have those of the text', () => {
  const words = ['hello', 'world', 'how', 'are', 'you'].map((word, at) => ({
    ...{ word, start: at * 0.5, end: at * 0.5 + 0.4 },
  }))
  const [cue] = cues([segment('“Hello, world!” (How are you?)', 0, 3, { words })])
  assert.is(cue?.text, '“Hello, world!” (How are you?)')
  assert.equal(
    cue?.words?.map(({ word }) => word),
    ['“Hello,', 'world!”', '(How', 'are', 'you?)'],
  )
  const [other] = cues([segment('Something else.', 0, 3, { words })])
  assert.is(other?.text, 'hello world how are you')
  for (const text of [
    'Hello and goodbye world, how are you?',
    'Hello, world! How are you today?',
  ]) {
    const [more] = cues([segment(text, 0, 3, { words })])
    assert.is(more?.text, 'hello world how are you')
  }
})

test('segments out of order are put in order, and of two at the same time the first begins', () => {
  const given = [segment('Second.', 2, 3), segment('First.', 0, 5), segment('Third.', 2, 4)]
  assert.equal(
    cues(given).map(({ text }) => text),
    ['First.', 'Second. Third.'],
  )
})

test('no segments, and segments of nothing, are no cues', () => {
  assert.equal(cues([]), [])
  assert.equal(cues([segment(' \u200b\n', 0, 1)]), [])
})

test('what would end a cue is not in its text', () => {
  const [cue] = cues([segment('a --> b\n\n\u0000c\r\nd\ud800', 0, 2)])
  assert.is(cue?.text, 'a → b c d')
})

test.run()
