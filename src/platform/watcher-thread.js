/**
 * A thread that sees what a blocked event loop cannot: the parent is gone, or the loop does not answer.
 * Plain JavaScript, since a worker starts without the loader of its parent.
 */
import { parentPort, workerData } from 'node:worker_threads'

/** @type {{ parentPid: number | undefined, pollMs: number, graceMs: number }} */
const { parentPid, pollMs, graceMs } = workerData
let isGone = false

const poll = setInterval(() => {
  parentPort?.postMessage({ sentAt: Date.now() })
  if (parentPid === undefined || isGone || process.ppid === parentPid) return
  isGone = true
  parentPort?.postMessage('parent gone')
  // SIGTERM would wait for the main thread; if that hears nothing, or is stuck in stopping, nothing else ends the process.
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), graceMs)
}, pollMs)
poll.ref()
