/** Serves handlers by a Sidestream engine in this process: what `dispatch.mjs` measures against the bare loop. */
import { engine, method, serve, t } from 'sidestream'
import { memoryTransport } from 'sidestream/testing'

export const driveEngine = async (handlers, onText) => {
  const { transport, peer } = memoryTransport()
  const methods = Object.fromEntries(
    Object.entries(handlers).map(([name, handler]) => [
      name,
      method({ params: t.unknown, result: t.unknown, handler }),
    ]),
  )
  const bench = engine({
    name: 'dispatch',
    version: '1.0.0',
    methods,
    deadline: '30s',
    limit: { concurrency: 100_000, queue: 1_000 },
  })
  const ended = serve(bench, { transport })
  const decoder = new TextDecoder()
  peer.input$.subscribe((chunk) => onText(decoder.decode(chunk, { stream: true })))
  return {
    send: (bytes) => peer.write(bytes.toString()),
    stop: async () => {
      await peer.end()
      await ended
    },
  }
}
