/** Where telemetry is sent to: takes OTLP over http/protobuf on this machine, and counts spans. */
import { createServer } from 'node:http'

/** Members of a protobuf message that are messages themselves, or bytes, with this number. */
function* parts(bytes, wanted) {
  let at = 0
  const varint = () => {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[at]
      at += 1
      value += (byte & 127) * factor
      if (byte < 128) return value
    }
  }
  while (at < bytes.length) {
    const key = varint()
    const kind = key & 7
    if (kind === 0) varint()
    else if (kind === 1) at += 8
    else if (kind === 5) at += 4
    else {
      const end = varint() + at
      if (key >> 3 === wanted) yield bytes.subarray(at, end)
      at = end
    }
  }
}

/** ExportTraceServiceRequest.resource_spans[].scope_spans[].spans[] */
const spansIn = (bytes) => {
  let count = 0
  for (const ofResource of parts(bytes, 1)) {
    for (const ofScope of parts(ofResource, 2)) {
      for (const _ of parts(ofScope, 2)) count += 1
    }
  }
  return count
}

/** @param answers - without them, exporters wait, and what they are given meanwhile is dropped */
export const openSink = async ({ answers = true } = {}) => {
  let spans = 0
  let wanted = Number.POSITIVE_INFINITY
  let arrived = () => {}
  const server = createServer((request, response) => {
    const chunks = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      if (!answers) return
      response.end()
      if (request.url === '/v1/traces') spans += spansIn(Buffer.concat(chunks))
      if (spans >= wanted) arrived()
    })
    request.on('error', () => {}) // the engine has gone
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    get spans() {
      return spans
    },
    /** Resolves when so many spans have come since the start. */
    until: (count, limitMs = 10_000) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          reject(new Error(`${spans} of ${count} spans have come in ${limitMs} ms`))
        }, limitMs)
        wanted = count
        arrived = () => {
          clearTimeout(timer)
          resolve()
        }
        if (spans >= wanted) arrived()
      }),
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
