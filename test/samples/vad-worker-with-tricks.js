/** The detector's worker, which also dies on demand and tells which thread it is. */
import { parentPort, threadId } from 'node:worker_threads'

const answerThread = () =>
  parentPort.postMessage({
    failure: { kind: 'EngineError', message: 'asked for', facts: { threadId } },
  })

const on = parentPort.on.bind(parentPort)
parentPort.on = (event, listener) =>
  on(event, (job) => {
    if (job.path === 'exit') process.exit(3)
    if (job.path === 'thread') return answerThread()
    listener(job.path === 'defect' ? { ...job, path: 42 } : job)
  })

await import('../../samples/vad/worker.js')
