/** The watching thread, seen from the main one. */
import { Worker } from 'node:worker_threads'
import { watcherThread } from './watcher-thread.js'

export interface Watcher {
  /** Longest time that the event loop did not answer within the last minute, in milliseconds. */
  readonly blockedMs: () => number
}

export interface Watched {
  /** Whose end is watched for, as is the host's end of the beat; undefined leaves both out. */
  readonly parentPid: number | undefined
  /** A socket to the host, which is told ten times in two seconds for how long the event loop has not answered. */
  readonly beatFd: number | undefined
}

/** How often the thread looks, in milliseconds. */
const pollMs = 200
/** Time for the process to end by itself once its parent is gone. With the look before, it stays below two seconds. */
const graceMs = 1500
/** Time for the main thread to show where it is, when the host asks. It takes some 200 ms if it does at all. */
const reportMs = 1000
/** Shorter delays are the ordinary work of an event loop. */
const noticeMs = 20
const windowMs = 60_000

/** Not the wall clock, which may be set, and the same in all threads. */
const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6

export const startWatcher = ({ parentPid, beatFd }: Watched, onParentGone: () => void): Watcher => {
  let blocks: { readonly at: number; readonly ms: number }[] = []
  const recent = () => blocks.filter(({ at }) => at > nowMs() - windowMs)
  const answered = new Int32Array(new SharedArrayBuffer(4)).fill(1)
  const worker = new Worker(watcherThread, {
    eval: true,
    workerData: { parentPid, beatFd, answered, pollMs, graceMs, reportMs },
    execArgv: [],
  })
  worker.on('message', (message: 'parent gone' | { readonly askedAt: number }) => {
    if (message === 'parent gone') return onParentGone()
    Atomics.store(answered, 0, 1)
    const at = nowMs()
    const ms = Math.round(at - message.askedAt)
    if (ms >= noticeMs) blocks = [...recent(), { at, ms }]
  })
  worker.unref()
  return { blockedMs: () => Math.max(0, ...recent().map(({ ms }) => ms)) }
}
