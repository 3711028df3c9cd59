/** The watching thread, seen from the main one. */
import { Worker } from 'node:worker_threads'

export interface Watcher {
  /** Longest time that the event loop did not answer within the last minute, in milliseconds. */
  readonly blockedMs: () => number
}

/** How often the thread looks, in milliseconds. */
const pollMs = 200
/** Time for the process to end by itself once its parent is gone. With the look before, it stays below two seconds. */
const graceMs = 1500
/** Shorter delays are the ordinary work of an event loop. */
const noticeMs = 20
const windowMs = 60_000

/**
 * What the thread runs: it sees what a blocked event loop cannot, that the parent is gone, or that the loop does not answer.
 * SIGTERM would wait for the main thread; if that hears nothing, or is stuck in stopping, only SIGKILL ends the process.
 * A text, so that an engine that was bundled needs no file beside it.
 */
const thread = `
const { parentPort, workerData } = require('node:worker_threads')
const { parentPid, pollMs, graceMs } = workerData
let isGone = false
setInterval(() => {
  parentPort.postMessage({ sentAt: Date.now() })
  if (parentPid === undefined || isGone || process.ppid === parentPid) return
  isGone = true
  parentPort.postMessage('parent gone')
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), graceMs)
}, pollMs)
`

/** @param parentPid - whose end is watched for; undefined leaves that out */
export const startWatcher = (parentPid: number | undefined, onParentGone: () => void): Watcher => {
  let blocks: { readonly at: number; readonly ms: number }[] = []
  const recent = () => blocks.filter(({ at }) => at > Date.now() - windowMs)
  const worker = new Worker(thread, {
    eval: true,
    workerData: { parentPid, pollMs, graceMs },
    execArgv: [],
  })
  worker.on('message', (message: 'parent gone' | { readonly sentAt: number }) => {
    if (message === 'parent gone') return onParentGone()
    const at = Date.now()
    const ms = at - message.sentAt
    if (ms >= noticeMs) blocks = [...recent(), { at, ms }]
  })
  worker.unref()
  return { blockedMs: () => Math.max(0, ...recent().map(({ ms }) => ms)) }
}
