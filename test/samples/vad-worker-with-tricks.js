/** The detector's worker, which also dies on demand and tells which thread it is. */
import { parentPort, threadId } from 'node:worker_threads'

const tricks = {
  throw: () => {
    throw new Error('the roof fell in')
  },
  exit: () => process.exit(3),
  thread: () =>
    parentPort?.postMessage({
      failure: { kind: 'EngineError', message: 'asked for', facts: { threadId } },
    }),
}

const on = parentPort?.on.bind(parentPort)
parentPort.on = (event, listener) =>
  on(event, (job) => (Object.hasOwn(tricks, job.path) ? tricks[job.path]() : listener(job)))

await import('../../samples/vad/worker.js')
