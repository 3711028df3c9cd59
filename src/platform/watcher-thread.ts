/** The program of the watching thread. */

/**
 * A text, so that an engine that was bundled needs no file beside it. Its `workerData`:
 * - `parentPid`: whose end is watched for, as is the host's end of the beat; undefined leaves both out
 * - `beatFd`: a socket to the host, or undefined
 * - `answered`: one Int32 that the main thread sets to 1 when it gets a question
 * - `pollMs`, `graceMs`, `reportMs`: times in milliseconds
 *
 * It sees what a blocked event loop cannot: that the parent is gone, or that the loop does not answer. SIGTERM would wait
 * for the main thread; if that hears nothing, or is stuck in stopping, only SIGKILL ends the process.
 */
export const watcherThread = String.raw`
const { parentPort, workerData } = require('node:worker_threads')
const { parentPid, beatFd, answered, pollMs, graceMs, reportMs } = workerData
const nowMs = () => Number(process.hrtime.bigint()) / 1e6 // the same in all threads
let askedAt = nowMs()
let isGone = false
let report = 'none' // or 'wanted', or 'underway': then what is asked for gets the same answer

const blockedMs = () => (Atomics.load(answered, 0) === 1 ? 0 : Math.round(nowMs() - askedAt))

const ask = () => {
  if (Atomics.load(answered, 0) === 0) return
  askedAt = nowMs()
  Atomics.store(answered, 0, 0)
  parentPort.postMessage({ askedAt })
}

const parentGone = () => {
  if (parentPid === undefined || isGone) return
  isGone = true
  parentPort.postMessage('parent gone')
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), graceMs)
}

/** Where the main thread is: interrupts it if it runs JavaScript or is in Atomics.wait. Undefined if it is in native code. */
const stackOfMain = () =>
  new Promise((resolve) => {
    const { Session } = require('node:inspector')
    const session = new Session()
    session.connectToMainThread()
    const urls = new Map()
    const place = ({ functionName, location: { scriptId, lineNumber, columnNumber } }) => {
      const url = urls.get(scriptId) || 'unknown'
      return (functionName || '(anonymous)') + ' (' + url + ':' + (lineNumber + 1) + ':' + (columnNumber + 1) + ')'
    }
    const end = (stack) => {
      clearTimeout(timer)
      // Also when it has not paused: it may be about to. Posts are read in this order.
      session.post('Debugger.resume')
      session.post('Debugger.disable')
      session.disconnect()
      resolve(stack)
    }
    const timer = setTimeout(end, reportMs)
    session.on('Debugger.scriptParsed', ({ params }) => urls.set(params.scriptId, params.url))
    session.once('Debugger.paused', ({ params }) => end(params.callFrames.slice(0, 20).map(place)))
    session.post('Debugger.enable')
    session.post('Debugger.pause')
  })

const openBeat = (fd) => {
  const { Socket } = require('node:net')
  const socket = new Socket({ fd, readable: true, writable: true })
  const tell = (message) => socket.write(JSON.stringify(message) + '\n')
  let rest = ''
  socket.setEncoding('latin1').on('data', (text) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop()
    if (report === 'none' && lines.includes('report')) report = 'wanted'
  })
  socket.on('error', () => {}) // it closes then
  socket.on('close', parentGone)
  return {
    tick() {
      // A host that does not read is told no more until it does.
      if (socket.writableLength === 0) tell({ blockedMs: blockedMs() })
    },
    async report() {
      report = 'underway'
      const ms = blockedMs()
      // A loop that answers would show whatever it does next. The catch is for a Node without inspector.
      const stack = ms === 0 ? undefined : await stackOfMain().catch(() => undefined)
      report = 'none'
      tell({ report: { blockedMs: ms, stack } })
    },
  }
}

const beat = beatFd === undefined ? undefined : openBeat(beatFd)
setInterval(() => {
  beat?.tick()
  if (report === 'wanted') beat.report()
  ask()
  if (process.ppid !== parentPid) parentGone()
}, pollMs)
`
