import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { frame, headBytes } from '../../src/protocol/frame.js'
import { frameDecoder } from '../../src/protocol/framing.js'
import { bytesOf, cuts, decoded, inPieces } from './decoding.js'

const test = suite('framing')
const limit = 1000

/** First bytes, the framing they mean, and the frames. */
const streams: readonly (readonly [string, Buffer, string | undefined, readonly string[]])[] = [
  ['a line', bytesOf('{"a":1}\n2\n'), 'ndjson', ['{"a":1}', '2']],
  ['a line without its end', bytesOf('{"a":1}'), 'ndjson', ['{"a":1}']],
  ['Content-Length', bytesOf('Content-Length: 1\r\n\r\n1'), 'content-length', ['1']],
  ['content-length', bytesOf('content-length:1\n\n1'), 'content-length', ['1']],
  ['CONTENT-LENGTH', bytesOf('CONTENT-LENGTH: 1\r\n\r\n1'), 'content-length', ['1']],
  [
    'Content-Type',
    bytesOf('Content-Type: x\r\nContent-Length: 1\r\n\r\n1'),
    'content-length',
    ['1'],
  ],
  [
    'cOnTeNt-TyPe',
    bytesOf('cOnTeNt-TyPe: x\r\nContent-Length: 1\r\n\r\n1'),
    'content-length',
    ['1'],
  ],
  ['half a header, then a line', bytesOf('Content-Len\n1\n'), 'ndjson', ['Content-Len', '1']],
  [
    'a header name without colon',
    bytesOf('Content-Length 1\n1\n'),
    'ndjson',
    ['Content-Length 1', '1'],
  ],
  ['a longer name', bytesOf('Content-Lengths: 1\n1\n'), 'ndjson', ['Content-Lengths: 1', '1']],
  ['another header', bytesOf('Accept: x\r\n1\n'), 'ndjson', ['Accept: x\r', '1']],
  [
    'garbage, then a header',
    bytesOf('log\nContent-Length: 1\n\n1\n'),
    'ndjson',
    ['log', 'Content-Length: 1', '1'],
  ],
  [
    'a blank line, then a header',
    bytesOf('\nContent-Length: 1\n'),
    'ndjson',
    ['Content-Length: 1'],
  ],
  ['a BOM', bytesOf('\uFEFF1\n'), 'ndjson', ['1']],
  ['a BOM, then a header', bytesOf('\uFEFFContent-Length: 1\n'), 'ndjson', ['Content-Length: 1']],
  ['bytes that are no text', bytesOf([0xff, 0xfe, 10], '1\n'), 'ndjson', ['!ParseError', '1']],
  ['a message that begins like a header', bytesOf('Con'), 'ndjson', ['Con']],
  ['nothing', bytesOf(''), 'ndjson', []],
]

for (const [name, bytes, framing, frames] of streams) {
  test(`${name} decides it, wherever it is cut`, () => {
    for (const [cut, chunks] of cuts(bytes)) {
      const decoder = frameDecoder(undefined, limit)
      assert.equal(decoded(decoder, chunks), frames, cut)
      assert.is(decoder.framing, framing, cut)
    }
  })
}

test('it is decided at the colon, or at the first byte that fits no header', () => {
  for (const [head, decides, framing] of [
    ['Content-Length', ':', 'content-length'],
    ['content-type', ':', 'content-length'],
    ['Content-Len', '\n', 'ndjson'],
    ['Content-', 'X', 'ndjson'],
    ['', '{', 'ndjson'],
  ] as const) {
    const decoder = frameDecoder(undefined, limit)
    decoder.push(Buffer.from(head))
    assert.is(decoder.framing, undefined, head)
    decoder.push(Buffer.from(decides))
    assert.is(decoder.framing, framing, head)
  }
})

test('a framing that is fixed is not guessed', () => {
  const header = Buffer.from('Content-Length: 1\r\n\r\n1')
  assert.equal(decoded(frameDecoder('ndjson', limit), [header]), ['Content-Length: 1\r', '1'])
  assert.equal(decoded(frameDecoder('content-length', limit), [Buffer.from('1\n')]), ['fatal'])
})

test('a frame is read back in either framing', () => {
  for (const framing of ['ndjson', 'content-length'] as const) {
    for (const text of ['{"a":1}', '"é€😀"', '[]', '"\\n"']) {
      const bytes = Buffer.from(frame(text, framing) + frame('0', framing))
      assert.equal(decoded(frameDecoder(framing, limit), [bytes]), [text, '0'])
    }
  }
  assert.is(frame('"é"', 'ndjson'), '"é"\n')
  assert.is(frame('"é"', 'content-length'), 'Content-Length: 4\r\n\r\n"é"')
})

test('how a message that is skipped began is told once, however it comes', () => {
  const text = `{"jsonrpc":"2.0","id":7,"result":"${'x'.repeat(5000)}"}`
  for (const framing of ['ndjson', 'content-length', undefined] as const) {
    const bytes = Buffer.from(
      frame('1', framing ?? 'ndjson') +
        frame(text, framing ?? 'ndjson') +
        frame('2', framing ?? 'ndjson'),
    )
    for (const size of [1, 7, 100, 1000, bytes.length]) {
      const heads: string[] = []
      const decoder = frameDecoder(framing, 1000, (head) => heads.push(head))
      assert.equal(decoded(decoder, inPieces(bytes, size)), ['1', '!MessageTooLarge', '2'])
      assert.equal(heads, [text.slice(0, headBytes)])
    }
  }
})

test('of a short message all is told, even if it is no UTF-8', () => {
  for (const framing of ['ndjson', 'content-length'] as const) {
    const body = Buffer.from('"aé…\xff"', 'latin1')
    const header = framing === 'ndjson' ? '' : `Content-Length: ${body.length}\r\n\r\n`
    const bytes = Buffer.concat([
      Buffer.from(header),
      body,
      Buffer.from(framing === 'ndjson' ? '\n' : ''),
    ])
    const heads: string[] = []
    const decoder = frameDecoder(framing, 4, (head) => heads.push(head))
    assert.equal(decoded(decoder, [bytes]), ['!MessageTooLarge'])
    assert.equal(heads, [body.toString()])
  }
})

test.run()
