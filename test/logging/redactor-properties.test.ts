/** No secret gets into a line, wherever it was put. `SEED=… RUNS=… node scripts/test.mjs logging` repeats a run. */
import fc from 'fast-check'
import { pino } from 'pino'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { errorRecord } from '../../src/logging/error-record.js'
import { oneLine } from '../../src/logging/one-line.js'
import { recordFacts } from '../../src/logging/record-facts.js'
import { redactor } from '../../src/logging/redactor.js'

const test = suite('redactor, properties')
const options = {
  numRuns: Number(process.env['RUNS'] ?? 500),
  includeErrorInReport: true,
  ...(process.env['SEED'] !== undefined && { seed: Number(process.env['SEED']) }),
}

const plain = { keys: [], patterns: [], secrets: [] }

const shownFacts = recordFacts(errorRecord(pino.stdSerializers.err))

/** What a log writes of one record, by pino, as an engine's does. */
const linesOf = (facts: object, message: string, redact: (line: string) => string): string => {
  const written: string[] = []
  const serializers = { err: (told: unknown) => told }
  const write = (line: string) => written.push(oneLine(redact(line)))
  pino({ serializers }, { write }).info(shownFacts({ ...facts }), message)
  return written.join('')
}

const assertOneLine = (line: string): void => {
  assert.match(line, /^[^\n\r\x7f-\x9f\u2028\u2029]*\n$/)
  JSON.parse(line)
}

const secret = fc.stringMatching(/^[A-Za-z\d]{12,30}$/).map((text) => `${text}9Z`) // as no word is

const name = fc
  .tuple(
    fc.constantFrom('', 'db_', 'x-', 'my', 'openai', 'AWS_'),
    fc.constantFrom(
      ...'pass-word passwd pass-phrase secret token api-key access-key secret-key private-key'.split(
        ' ',
      ),
      ...'authorization set-cookie credentials access-token refresh-token id-token client-secret'.split(
        ' ',
      ),
      ...'pwd jwt auth bearer signature session-id access-tokens'.split(' '),
    ),
    fc.constantFrom('', '-', '_', '--'),
    fc.boolean(),
  )
  .map(([prefix, word, separator, isUpper]) => {
    const spelled = prefix + word.replaceAll('-', separator)
    return isUpper ? spelled.toUpperCase() : spelled
  })

/** A text that shows a secret. */
const shown = secret.chain((hidden) =>
  fc
    .tuple(
      fc.string({ unit: 'binary', maxLength: 10 }),
      fc.constantFrom(
        `Bearer ${hidden}`,
        `Basic ${Buffer.from(`me:${hidden}`).toString('base64')}`,
        `https://me:${hidden}@host/x`,
        `https://host/x?key=${hidden}&y`,
        `password=${hidden}`,
        `Cookie: a=b; id=${hidden}`,
        `{"client_secret": "${hidden}"}`,
        `sk-${hidden}`,
        `ghp_${hidden}`,
        `-----BEGIN PRIVATE KEY-----\n${hidden}\n`,
      ),
      fc.constantFrom('', '\n', ' and so on', ', "quoted"'),
    )
    .map(([before, text, after]) => ({ hidden, text: `${before} ${text}${after}` })),
)

/** Ways to put a value into a record, one inside the other. */
const wrap = fc.constantFrom<(value: unknown) => unknown>(
  (value) => [1, value, 'x'],
  (value) => ({ a: 1, inner: value }),
  (value) => ({ toJSON: () => value }),
  (value) => JSON.stringify(value),
  (value) => ({
    get inner() {
      return value
    },
  }),
)
const wraps = fc.array(wrap, { maxLength: 5 })
const wrapped = (value: unknown, ways: readonly ((value: unknown) => unknown)[]): unknown =>
  ways.reduce((inner, way) => way(inner), value)

/** Where in a record it stands. */
const place = fc.constantFrom<(value: unknown) => object>(
  (value) => ({ value }),
  (value) => ({ err: Object.assign(new Error('no'), { value }) }),
  (value) => ({ error: new AggregateError([Object.assign(new Error('no'), { value })]) }),
  (value) => ({ err: new Error('no', { cause: Object.assign(new Error('why'), { value }) }) }),
  (value) => ({ err: Object.freeze(Object.assign(new Error('no'), { value })) }),
)

test('no value of a sensitive name is in any line', () => {
  const redact = redactor(plain)
  fc.assert(
    fc.property(name, secret, wraps, wraps, place, (key, hidden, inside, outside, put) => {
      const value = wrapped({ [key]: wrapped(hidden, inside), other: 'stays' }, outside)
      const line = linesOf(put(value), 'done', redact)
      assert.not.ok(line.includes(hidden), line)
      assertOneLine(line)
    }),
    options,
  )
})

test('no text shows a secret: a fact, a name, the message, an error, its cause', () => {
  const redact = redactor(plain)
  fc.assert(
    fc.property(shown, wraps, place, ({ hidden, text }, ways, put) => {
      const told = Buffer.from(hidden).toString('base64').slice(4, -4)
      const err = new Error(text, { cause: new Error(text) })
      for (const facts of [
        put(wrapped(text, ways)),
        put(wrapped({ [text]: 1 }, ways)),
        { err },
        {},
      ]) {
        const line = linesOf(facts, text, redact)
        assert.not.ok(line.includes(hidden) || line.includes(told), line)
        assertOneLine(line)
      }
    }),
    options,
  )
})

test('no known secret is in any line, whatever characters it holds', () => {
  fc.assert(
    fc.property(
      fc
        .string({ unit: 'binary', minLength: 6, maxLength: 30 })
        .filter((text) => /[^*\s]/.test(text)),
      wraps,
      place,
      (hidden, ways, put) => {
        const redact = redactor({ ...plain, secrets: [hidden] })
        // What JSON and URLs make of it, too.
        const forms = [hidden, JSON.stringify(hidden).slice(1, -1), encodeURIComponent(hidden)]
        for (const form of forms) {
          const line = linesOf(put(wrapped(`<${form}>`, ways)), `<${form}>`, redact)
          const { msg } = JSON.parse(line) as { msg: string }
          assert.is(msg, '<***>')
          assertOneLine(line)
        }
      },
    ),
    options,
  )
})

test('what tells nothing comes through as it was', () => {
  const looksClosely = redactor({ ...plain, patterns: ['(?!)'] })
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ stringUnit: 'binary' })),
      (record) => {
        const line = `${JSON.stringify(record)}\n`
        assert.is(redactor(plain)(line), line)
        const seen = oneLine(looksClosely(line))
        assert.equal(JSON.parse(seen), JSON.parse(line))
        assertOneLine(seen)
      },
    ),
    options,
  )
})

test.run()
