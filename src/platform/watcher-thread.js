/**
 * A thread that sees what a blocked event loop cannot: the parent is gone, or the loop does not answer.
 * Plain JavaScript, since a worker starts without the loader of its parent.
 */
import { parentPort, workerData } from 'node:worker_threads'

/** @type {{ parentPid: number | undefined, pollMs: number, graceMs: number, lastMs: number }} */
const { parentPid, pollMs, graceMs, lastMs } = workerData
let isGone = false

const poll = setInterval(() => {
  parentPort?.postMessage({ sentAt: Date.now() })
  if (parentPid === undefined || isGone || process.ppid === parentPid) return
  isGone = true
  parentPort?.postMessage('parent gone')
  // SIGTERM would wait for the main thread; when that hears nothing, nothing else ends the process.
  const kill = setTimeout(() => process.kill(process.pid, 'SIGKILL'), graceMs)
  parentPort?.once('message', () => {
    clearTimeout(kill)
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), lastMs)
  })
}, pollMs)
poll.ref()
