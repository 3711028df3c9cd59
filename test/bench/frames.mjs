/** Both framings, as the driver of the bench needs them: texts to bytes, and chunks back to messages. */

export const encode = (framing, texts) =>
  Buffer.from(
    framing === 'ndjson'
      ? texts.map((text) => `${text}\n`).join('')
      : texts.map((text) => `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`).join(''),
  )

/** Where the first whole message of `bytes` lies: its body, and where the next one starts. */
const cut = {
  ndjson: (bytes) => {
    const end = bytes.indexOf('\n')
    return end === -1 ? undefined : { body: bytes.subarray(0, end), next: end + 1 }
  },
  'content-length': (bytes) => {
    const headerEnd = bytes.indexOf('\r\n\r\n')
    if (headerEnd === -1) return undefined
    const header = bytes.latin1Slice(0, headerEnd)
    const length = /^content-length: *(\d+)/im.exec(header)?.[1]
    if (length === undefined) throw new Error(`no Content-Length in ${JSON.stringify(header)}`)
    const next = headerEnd + 4 + Number(length)
    return next > bytes.length ? undefined : { body: bytes.subarray(headerEnd + 4, next), next }
  },
}

/**
 * Cuts chunks into messages. For verifying, never inside a measured slice.
 *
 * @param onReply - gets each reply; a batch counts as its members
 */
export const replyReader = (framing, onReply) => {
  let rest = Buffer.alloc(0)
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    for (let found = cut[framing](rest); found !== undefined; found = cut[framing](rest)) {
      rest = rest.subarray(found.next)
      const message = JSON.parse(found.body.toString())
      for (const reply of Array.isArray(message) ? message : [message]) onReply(reply)
    }
  }
}
