/** Streams of good and bad messages: each gets the answer it deserves, once and in its place, and costs no other. */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { method } from '../../src/engine/define.js'
import type { Framing } from '../../src/protocol/frame.js'
import type { PeerMessage } from '../../src/testing/scripted-peer.js'
import { inPieces } from '../protocol/decoding.js'
import { damaged, noJson, noUtf8 } from './bad-json.js'
import { judge, type Rules, type Verdict } from './oracle.js'
import { engineOf, framings, talk } from './wire.js'

const test = suite('fuzz')

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)
console.log(`seed ${seed}`)

const rules: Rules = { messageBytes: 600, depth: 12, batch: 8, methods: ['echo'] }
const { messageBytes, depth, batch } = rules
const definition = engineOf(
  { echo: method({ handler: (params) => params }) },
  { limits: { messageBytes, depth, batch } },
)

const id = fc.oneof(
  fc.integer(),
  fc.string({ maxLength: 5, unit: 'binary' }),
  fc.constantFrom(0, '', null, 1.5, 2 ** 53, -1),
)
const name = fc.oneof(
  { weight: 4, arbitrary: fc.constant('echo') },
  fc.constantFrom('nope', '', 'toString', '__proto__'),
)
const params = fc.oneof(
  fc.array(fc.jsonValue({ maxDepth: 2 }), { maxLength: 3 }),
  fc.dictionary(fc.string({ maxLength: 4 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 }),
)
const request = fc
  .oneof(
    { weight: 3, arbitrary: fc.record({ id, method: name, params }) },
    fc.record({ id, method: name, params }, { requiredKeys: ['method'] }),
  )
  .map((fields) => JSON.stringify({ jsonrpc: '2.0', ...fields }))
const reply = id.map((of) => JSON.stringify({ jsonrpc: '2.0', id: of, result: 1 }))
const value = fc.jsonValue({ maxDepth: 3 }).map((any) => JSON.stringify(any))
const member = fc.oneof({ weight: 4, arbitrary: request }, reply, value)
const batchText = fc.array(member, { maxLength: 9 }).map((members) => `[${members.join(',')}]`)
const nested = fc.nat({ max: 40 }).map((levels) => '['.repeat(levels) + ']'.repeat(levels))
const long = fc
  .integer({ min: 480, max: 700 })
  .map((size) => `{"jsonrpc":"2.0","id":"long","method":"echo","params":["${'x'.repeat(size)}"]}`)
const good = fc.oneof({ weight: 5, arbitrary: request }, batchText)
const message: fc.Arbitrary<Buffer> = fc.oneof(
  { weight: 4, arbitrary: good.map((text) => Buffer.from(text)) },
  { weight: 4, arbitrary: fc.oneof(reply, value, nested, long).map((text) => Buffer.from(text)) },
  { weight: 4, arbitrary: damaged(good) },
  { weight: 1, arbitrary: fc.constantFrom(...noJson).map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.constantFrom(...noUtf8).map((bytes) => Buffer.from(bytes)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)) },
)

const asFrames: Readonly<Record<Framing, (bytes: Buffer) => Buffer>> = {
  ndjson: (bytes) => Buffer.concat([bytes, Buffer.from('\n')]),
  'content-length': (bytes) =>
    Buffer.concat([Buffer.from(`Content-Length: ${bytes.length}\r\n\r\n`), bytes]),
}

/** In NDJSON a newline ends the message, and a blank line is none. */
const messagesOf = (bytes: Buffer, framing: Framing): readonly Buffer[] =>
  framing === 'content-length'
    ? [bytes]
    : bytes
        .toString('latin1')
        .split('\n')
        .map((line) => line.replace(/\r$/, ''))
        .filter((line) => /[^ \t\r]/.test(line) || line.length > rules.messageBytes)
        .map((line) => Buffer.from(line, 'latin1'))

const verdictOf = (text: string): Verdict => {
  const of = ({ id: of, error, result }: PeerMessage) =>
    error === undefined ? [of, 'result', result] : [of, error.code]
  const parsed = JSON.parse(text) as PeerMessage | PeerMessage[]
  return Array.isArray(parsed) ? { batch: parsed.map(of) } : of(parsed)
}

for (const framing of framings) {
  test(`${framing}: each message gets its answer, however the stream is cut`, async () => {
    const peer = await talk(definition)
    peer.send(asFrames[framing](Buffer.from('[]')))
    const seen = { results: 0, errors: 0, nothing: 0 }
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 12 }),
        fc.integer({ min: 1, max: 64 }),
        (messages, pieceBytes) => {
          const before = peer.texts.length
          const stream = Buffer.concat(messages.map(asFrames[framing]))
          for (const piece of inPieces(stream, pieceBytes)) peer.send(piece)
          const expected = messages
            .flatMap((bytes) => messagesOf(bytes, framing))
            .map((bytes) => judge(bytes, rules))
          const answers = expected.filter((verdict) => verdict !== undefined)
          assert.is(
            JSON.stringify(peer.texts.slice(before).map(verdictOf)),
            JSON.stringify(answers),
          )
          seen.nothing += expected.length - answers.length
          for (const answer of answers)
            seen[JSON.stringify(answer).includes('"result"') ? 'results' : 'errors'] += 1
        },
      ),
      { numRuns: 3000, seed },
    )
    const rare = Object.entries(seen).filter(([, count]) => count < 500)
    assert.equal(rare, [], `all kinds of answers must come up: ${JSON.stringify(seen)}`)
  })

  test(`${framing}: no byte of a long stream matters where it is cut`, async () => {
    const [first = []] = fc.sample(fc.array(message, { minLength: 30, maxLength: 30 }), {
      numRuns: 1,
      seed,
    })
    const stream = Buffer.concat([Buffer.from('[]'), ...first].map(asFrames[framing]))
    const peer = await talk(definition)
    let expected: string | undefined
    for (let at = 0, before = 0; at <= stream.length; at += 1, before = peer.texts.length) {
      peer.send(stream.subarray(0, at))
      peer.send(stream.subarray(at))
      const output = peer.texts.slice(before).join('\n')
      expected ??= output
      assert.is(output, expected, `cut at ${at}`)
    }
  })
}

test('none of the texts that are no JSON is taken for JSON', () => {
  for (const text of noJson) assert.throws(() => JSON.parse(text), undefined, text)
  for (const bytes of noUtf8) assert.equal(judge(Buffer.from(bytes), rules), [null, -32700])
})

test.run()
