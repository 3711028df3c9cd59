import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { NdjsonDecoder } from '../../src/protocol/ndjson.js'
import { bytesOf, cuts, decoded, inPieces } from './decoding.js'

const test = suite('NDJSON framing')
const limit = 20
const bom = '\uFEFF'

/** Name, bytes, frames; each is cut at every byte. */
const cases: readonly (readonly [string, Buffer, readonly string[]])[] = [
  ['lines', bytesOf('{"a":1}\n[2]\n"x"\n'), ['{"a":1}', '[2]', '"x"']],
  ['a last line without newline', bytesOf('1\n{"a":2}'), ['1', '{"a":2}']],
  ['CRLF', bytesOf('1\r\n2\r\n'), ['1\r', '2\r']],
  ['blank lines', bytesOf('\n\r\n1\n \t \n\n2\n\r\n'), ['1', '2']],
  ['nothing', bytesOf(''), []],
  ['a first BOM', bytesOf(`${bom}1\n2\n`), ['1', '2']],
  ['a BOM alone', bytesOf(`${bom}\n1\n`), ['1']],
  ['a later BOM is no blank', bytesOf(`1\n${bom}\n`), ['1', bom]],
  ['a first BOM taken off once', bytesOf(`${bom}${bom}1\n`), [`${bom}1`]],
  ['a BOM after a bad first line', bytesOf([0xff], '\n', bom, '1\n'), ['!ParseError', `${bom}1`]],
  [
    'a BOM after a long first line',
    bytesOf('x'.repeat(50), '\n', bom, '1\n'),
    ['!MessageTooLarge', `${bom}1`],
  ],
  ['UTF-8 of 2, 3 and 4 bytes', bytesOf('"éß"\n"€한"\n"😀𝄞"\n'), ['"éß"', '"€한"', '"😀𝄞"']],
  ['line separators of Unicode', bytesOf('"\u2028\u2029\u0085"\n'), ['"\u2028\u2029\u0085"']],
  ['NUL bytes', bytesOf([0], '\n', [0, 0], 'x\n'), ['\0', '\0\0x']],
  ['vertical tab and no-break space', bytesOf(' \v\n \u00a0\n'), [' \v', ' \u00a0']],
  ['a lone byte of UTF-8', bytesOf('1\n"', [0xe2, 0x82], '"\n2\n'), ['1', '!ParseError', '2']],
  ['bad bytes alone', bytesOf([0xff], '\n', [0xfe], '\n1'), ['!ParseError', '!ParseError', '1']],
  ['an overlong form', bytesOf('"', [0xc0, 0xaf], '"\n1\n'), ['!ParseError', '1']],
  ['a surrogate in UTF-8', bytesOf('"', [0xed, 0xa0, 0x80], '"\n1\n'), ['!ParseError', '1']],
  [
    'a sequence over two lines',
    bytesOf([0xc3], '\n', [0xa9], '\n'),
    ['!ParseError', '!ParseError'],
  ],
  ['bad bytes at the end', bytesOf('1\n', [0x22, 0xf0, 0x9f]), ['1', '!ParseError']],
  ['at the limit', bytesOf(`${'x'.repeat(limit)}\n1\n`), ['x'.repeat(limit), '1']],
  ['above the limit', bytesOf(`${'x'.repeat(limit + 1)}\n1\n`), ['!MessageTooLarge', '1']],
  ['far above it', bytesOf(`1\n${'x'.repeat(90)}\n2\n`), ['1', '!MessageTooLarge', '2']],
  [
    'two above it',
    bytesOf(`${'x'.repeat(50)}\n${'y'.repeat(50)}\n`),
    ['!MessageTooLarge', '!MessageTooLarge'],
  ],
  [
    'the limit counts bytes',
    bytesOf(`${'é'.repeat(10)}\n${'é'.repeat(10)}x\n`),
    ['é'.repeat(10), '!MessageTooLarge'],
  ],
  ['the limit without CR', bytesOf(`${'x'.repeat(limit)}\r\n1\n`), [`${'x'.repeat(limit)}\r`, '1']],
  ['the limit without BOM', bytesOf(`${bom}${'x'.repeat(limit)}\n1\n`), ['x'.repeat(limit), '1']],
  ['the limit without both', bytesOf(`${bom}${'x'.repeat(limit)}\r\n`), [`${'x'.repeat(limit)}\r`]],
  [
    'above it with both',
    bytesOf(`${bom}${'x'.repeat(limit + 1)}\r\n1\n`),
    ['!MessageTooLarge', '1'],
  ],
  ['above it at the end', bytesOf(`1\n${'x'.repeat(limit + 9)}`), ['1', '!MessageTooLarge']],
  [
    'bad bytes above it',
    bytesOf('x'.repeat(limit), [0xff, 0xff], 'x'.repeat(9), '\n1\n'),
    ['!MessageTooLarge', '1'],
  ],
]

for (const [name, bytes, expected] of cases) {
  test(`${name}, wherever it is cut`, () => {
    for (const [cut, chunks] of cuts(bytes)) {
      assert.equal(decoded(new NdjsonDecoder(limit), chunks), expected, cut)
    }
  })
}

test('a line is there as soon as its newline is', () => {
  const decoder = new NdjsonDecoder(limit)
  assert.equal(decoder.push(Buffer.from('{"a"')), [])
  assert.equal(decoder.push(Buffer.from(':1}')), [])
  assert.equal(decoder.push(Buffer.from('\n')), ['{"a":1}'])
})

test('an endless line is answered once, when it passes the limit, and then kept no more', () => {
  const decoder = new NdjsonDecoder(2 ** 20)
  const chunk = Buffer.alloc(2 ** 16, 'x')
  const answers = Array.from({ length: 4096 }, (_, at) => ({ at, frames: decoder.push(chunk) }))
  const answered = answers.filter(({ frames }) => frames.length > 0)
  assert.equal(
    answered.map(({ at, frames }) => [at, frames.length]),
    [[16, 1]],
  )
  const { rest } = decoder as unknown as { rest: { bytes: Buffer } }
  assert.ok(rest.bytes.length <= 2 ** 21, `${rest.bytes.length} bytes are kept`)
  assert.equal(decoded(decoder, [Buffer.from('\n1\n')]), ['1'])
})

test('the bytes of a chunk may be reused once it was pushed', () => {
  const [first, second] = inPieces(Buffer.from('{"name":"Ada"}\n'), 6) as [Buffer, Buffer]
  const decoder = new NdjsonDecoder(limit)
  decoder.push(first)
  first.fill(0)
  assert.equal(decoder.push(Buffer.concat([second, Buffer.from('da"}\n')])).length, 1)
})

test.run()
