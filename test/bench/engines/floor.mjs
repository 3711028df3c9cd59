/** The floor: a bare loop over NDJSON. Every figure of the bench is a multiple of this program's. */
import { isAscii } from 'node:buffer'
import { answer } from './floor-methods.mjs'

let parts = []
let out = ''
let inChunk = false

const flush = () => {
  if (out !== '') process.stdout.write(out)
  out = ''
}

const send = (text) => {
  // Outside of a chunk it is a timer that answers: all timers of one turn share one write.
  if (out === '' && !inChunk) setImmediate(flush)
  out += `${text}\n`
}

/** Lines without the last `\n`. Most JSON is ASCII, which Node decodes several times faster: a fifth of a 1 MB call. */
const answerLines = (bytes) => {
  const text = isAscii(bytes) ? bytes.latin1Slice() : bytes.utf8Slice()
  inChunk = true
  let start = 0
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
    answer(text.slice(start, end), send)
    start = end + 1
  }
  answer(start === 0 ? text : text.slice(start), send)
  inChunk = false
  flush()
}

process.stdin.on('data', (chunk) => {
  const end = chunk.lastIndexOf(10)
  if (end === -1) {
    parts.push(chunk) // joined once, at the end of the line: a long one stays linear
    return
  }
  const head = chunk.subarray(0, end)
  const bytes = parts.length === 0 ? head : Buffer.concat([...parts, head])
  parts = end + 1 === chunk.length ? [] : [chunk.subarray(end + 1)]
  answerLines(bytes)
})
process.stdin.on('end', () => {
  if (parts.length > 0) answerLines(Buffer.concat(parts))
})
