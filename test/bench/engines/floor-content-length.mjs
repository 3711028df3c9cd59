/** The floor with the framing of LSP: `Content-Length: n`, an empty line, n bytes. */
import { isAscii } from 'node:buffer'
import { answer } from './floor-methods.mjs'

const headerName = 'Content-Length: '

let parts = []
let size = 0
let wanted = 0
let out = ''
let inChunk = false

const flush = () => {
  if (out !== '') process.stdout.write(out)
  out = ''
}

const send = (text) => {
  if (out === '' && !inChunk) setImmediate(flush)
  out += `${headerName}${Buffer.byteLength(text)}\r\n\r\n${text}`
}

/** Answers the whole messages in `bytes`. Returns where the first one that is not whole begins. */
const answerFrames = (bytes) => {
  const text = bytes.latin1Slice() // one character a byte, so that lengths and places agree
  const inAscii = isAscii(bytes)
  let start = 0
  wanted = 0
  for (;;) {
    const headerEnd = text.indexOf('\r\n\r\n', start)
    if (headerEnd === -1) return start
    const body = headerEnd + 4
    const end = body + Number(text.slice(start + headerName.length, headerEnd)) // the only header
    if (end > bytes.length) {
      wanted = end - start
      return start
    }
    answer(inAscii ? text.slice(body, end) : bytes.utf8Slice(body, end), send)
    start = end
  }
}

process.stdin.on('data', (chunk) => {
  parts.push(chunk)
  size += chunk.length
  if (size < wanted) return // joined once per message, not once per chunk: a long body stays linear
  const bytes = parts.length === 1 ? chunk : Buffer.concat(parts)
  inChunk = true
  const start = answerFrames(bytes)
  inChunk = false
  size = bytes.length - start
  parts = size === 0 ? [] : [bytes.subarray(start)]
  flush()
})
