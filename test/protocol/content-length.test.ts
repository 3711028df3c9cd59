import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ContentLengthDecoder } from '../../src/protocol/content-length.js'
import { bytesOf, cuts, decoded, inPieces } from './decoding.js'

const test = suite('Content-Length framing')
const limit = 20

const framed = (body: string): string => `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
const good = framed('1')

/** Name, bytes, frames; each is cut at every byte. */
const cases: readonly (readonly [string, Buffer, readonly string[]])[] = [
  ['messages', bytesOf(framed('{"a":1}'), framed('[2]')), ['{"a":1}', '[2]']],
  ['nothing', bytesOf(''), []],
  ['UTF-8 of 2, 3 and 4 bytes', bytesOf(framed('"é€😀"'), framed('"한"')), ['"é€😀"', '"한"']],
  [
    'newlines and headers in a body',
    bytesOf(framed('"\n\r\n"'), framed('X: 1\r\n\r\n')),
    ['"\n\r\n"', 'X: 1\r\n\r\n'],
  ],
  ['names in any case', bytesOf('cOnTeNt-LeNgTh: 1\r\n\r\n1', good), ['1', '1']],
  ['space around name and value', bytesOf('Content-Length \t:\t 1  \r\n\r\n1', good), ['1', '1']],
  ['no space', bytesOf('Content-Length:1\r\n\r\n1', good), ['1', '1']],
  ['newlines without CR', bytesOf('Content-Length: 1\n\n1', good), ['1', '1']],
  ['leading zeros', bytesOf('Content-Length: 00001\r\n\r\n1', good), ['1', '1']],
  [
    'the same length twice',
    bytesOf('Content-Length: 1\r\ncontent-length: 01\r\n\r\n1', good),
    ['1', '1'],
  ],
  ['other headers, before', bytesOf('Content-Type: a/b; charset=utf-8\r\n', good), ['1']],
  [
    'other headers, behind',
    bytesOf('Content-Length: 1\r\nX-Trace: a:b\r\n\r\n1', good),
    ['1', '1'],
  ],
  ['a length of nothing', bytesOf(framed(''), good), ['', '1']],
  ['a bad body', bytesOf(framed('{'), good), ['{', '1']],
  [
    'bytes that are no UTF-8',
    bytesOf('Content-Length: 2\r\n\r\n', [0xc3, 0x28], good),
    ['!ParseError', '1'],
  ],
  ['UTF-8 cut by the length', bytesOf('Content-Length: 1\r\n\r\n', [0xc3]), ['!ParseError']],
  ['at the limit', bytesOf(framed('x'.repeat(limit)), good), ['x'.repeat(limit), '1']],
  ['above the limit', bytesOf(framed('x'.repeat(limit + 1)), good), ['!MessageTooLarge', '1']],
  [
    'twice above it',
    bytesOf(framed('x'.repeat(40)), framed('x'.repeat(41)), good),
    ['!MessageTooLarge', '!MessageTooLarge', '1'],
  ],
  ['headers of 8 KiB', bytesOf(`X: ${'x'.repeat(8192 - 26)}\r\n`, good), ['1']],

  ['the end in a header', bytesOf(good, 'Content-Le'), ['1', '!ParseError']],
  ['the end behind a header', bytesOf(good, 'Content-Length: 5\r\n'), ['1', '!ParseError']],
  ['the end before a body', bytesOf(good, 'Content-Length: 5\r\n\r\n'), ['1', '!ParseError']],
  ['the end in a body', bytesOf(good, 'Content-Length: 5\r\n\r\n1234'), ['1', '!ParseError']],
  [
    'the end in a body that is skipped',
    bytesOf('Content-Length: 50\r\n\r\n1234'),
    ['!MessageTooLarge'],
  ],

  ['no length', bytesOf(good, 'Content-Type: a/b\r\n\r\n', good), ['1', 'fatal']],
  ['no header at all', bytesOf(good, '\r\n', good), ['1', 'fatal']],
  ['a negative length', bytesOf(good, 'Content-Length: -5\r\n\r\n', good), ['1', 'fatal']],
  ['a length with a sign', bytesOf('Content-Length: +5\r\n\r\n12345'), ['fatal']],
  ['a length with a tail', bytesOf('Content-Length: 56abc\r\n\r\n'), ['fatal']],
  ['a hexadecimal length', bytesOf('Content-Length: 0x5\r\n\r\n12345'), ['fatal']],
  ['a length with an exponent', bytesOf('Content-Length: 1e1\r\n\r\n1234567890'), ['fatal']],
  ['a length with a fraction', bytesOf('Content-Length: 1.0\r\n\r\n1'), ['fatal']],
  ['an empty length', bytesOf('Content-Length:\r\n\r\n'), ['fatal']],
  ['a list of lengths', bytesOf('Content-Length: 1, 1\r\n\r\n1'), ['fatal']],
  ['digits of another script', bytesOf('Content-Length: ١\r\n\r\n1'), ['fatal']],
  ['conflicting lengths', bytesOf('Content-Length: 1\r\nContent-Length: 2\r\n\r\n12'), ['fatal']],
  ['a length above 1 GiB', bytesOf(`Content-Length: ${2 ** 30 + 1}\r\n\r\n`), ['fatal']],
  ['a length of many digits', bytesOf(`Content-Length: ${'9'.repeat(400)}\r\n\r\n`), ['fatal']],
  ['a line without a colon', bytesOf(good, 'hello\r\n', good), ['1', 'fatal']],
  ['a line without a name', bytesOf(good, ': 5\r\n', good), ['1', 'fatal']],
  ['a name of two words', bytesOf(good, 'log line: 5\r\n', good), ['1', 'fatal']],
  ['JSON in place of a header', bytesOf(good, '{"jsonrpc": "2.0"}\n', good), ['1', 'fatal']],
  ['headers above 8 KiB', bytesOf(`X: ${'x'.repeat(8192 - 25)}\r\n`, good), ['fatal']],
  ['an endless header', bytesOf(good, 'X'.repeat(9000)), ['1', 'fatal']],
]

for (const [name, bytes, expected] of cases) {
  test(`${name}, wherever it is cut`, () => {
    // Cutting thousands of bytes of one header everywhere shows nothing that the pieces do not.
    const all =
      bytes.length < 1000
        ? cuts(bytes)
        : [1, 7, 4096].map((size) => [`pieces of ${size}`, inPieces(bytes, size)] as const)
    for (const [cut, chunks] of all) {
      assert.equal(decoded(new ContentLengthDecoder(limit), chunks), expected, cut)
    }
  })
}

test('1 GiB may be announced, and is skipped in constant memory', () => {
  const decoder = new ContentLengthDecoder(limit)
  assert.is(
    decoder.push(Buffer.from(`Content-Length: ${2 ** 30}\r\n\r\n`)).length,
    1,
    'answered at once',
  )
  const chunk = Buffer.alloc(2 ** 24, 'x')
  for (let skipped = 0; skipped < 2 ** 30; skipped += chunk.length) {
    assert.is(decoder.push(chunk).length, 0)
  }
  assert.is((decoder as unknown as { rest: { bytes: Buffer } }).rest.bytes.length <= 4096, true)
  assert.equal(decoded(decoder, [Buffer.from(good)]), ['1'])
})

test('a length that is never fulfilled reserves no memory', () => {
  const decoder = new ContentLengthDecoder(2 ** 30)
  decoder.push(Buffer.from(`Content-Length: ${2 ** 30}\r\n\r\nx`))
  assert.ok((decoder as unknown as { rest: { bytes: Buffer } }).rest.bytes.length <= 4096)
})

test('what comes after a fatal error is not read', () => {
  const decoder = new ContentLengthDecoder(limit)
  assert.equal(decoder.push(Buffer.from(`${good}Content-Length: x\r\n\r\n${good}`)), ['1'])
  assert.match(decoder.fatal?.message ?? '', /Content-Length/)
  assert.is(decoder.fatal?.code, -32700)
  assert.equal(decoder.push(Buffer.from(good)), [])
  assert.equal(decoder.end(), [])
})

test.run()
