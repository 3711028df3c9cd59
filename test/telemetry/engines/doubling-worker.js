/** Answers each number with its double, one after the other. */
import { parentPort } from 'node:worker_threads'

parentPort?.on('message', ({ key, value }) => parentPort.postMessage({ key, doubled: 2 * value }))
