/** Collectors for tests, on loopback: one that takes everything, one whose port is closed, one that never answers. */
import { createServer as createHttp } from 'node:http'
import { createServer as createHttp2 } from 'node:http2'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'

export interface Received {
  /** `/v1/traces`, or of gRPC the method's name. */
  readonly path: string
  readonly type: string
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: Buffer
}

export interface Collector {
  readonly url: string
  readonly received: readonly Received[]
  /** How often a text stands in what was received: in all three encodings, texts are as they are. */
  count(text: string): number
  /** What came as JSON on a path. */
  json(path: string): readonly unknown[]
  close(): Promise<void>
}

/** Takes OTLP over HTTP, and over gRPC where it is asked to. */
export const openCollector = (protocol: 'http' | 'grpc' = 'http'): Promise<Collector> => {
  const received: Received[] = []
  return protocol === 'grpc'
    ? listen(grpcServer(received), received)
    : listen(httpServer(received), received)
}

/** Accepts connections and reads what comes, without an answer. */
export const silentCollector = (): Promise<Collector> =>
  listen(
    createServer((socket) => socket.resume()),
    [],
  )

/** Nothing listens there any more. */
export const closedCollector = async (): Promise<Collector> => {
  const collector = await silentCollector()
  await collector.close()
  return { ...collector, close: async () => {} }
}

const httpServer = (received: Received[]) =>
  createHttp((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { url = '', headers } = request
      const type = headers['content-type'] ?? ''
      received.push({ path: url, type, headers, body: Buffer.concat(chunks) })
      response.setHeader('content-type', type)
      response.end(type === 'application/json' ? '{}' : '')
    })
  })

/** A gRPC answer is one message, here an empty one, and a status after it. */
const grpcServer = (received: Received[]) => {
  const server = createHttp2()
  server.on('stream', (stream, headers) => {
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('end', () => {
      const path = headers[':path'] ?? ''
      received.push({ path, type: 'application/grpc', headers, body: Buffer.concat(chunks) })
      stream.respond({ 'content-type': 'application/grpc' }, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
      stream.end(Buffer.alloc(5))
    })
  })
  return server
}

const listen = async (server: Server, received: readonly Received[]): Promise<Collector> => {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {}) // the client may leave at any time
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    count: (text) =>
      received.reduce((sum, { body }) => sum + body.toString('latin1').split(text).length - 1, 0),
    json: (path) =>
      received
        .filter((it) => it.path === path && it.type === 'application/json')
        .map(({ body }) => JSON.parse(body.toString())),
    close: () =>
      new Promise<void>((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}
