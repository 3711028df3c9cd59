/** One server that runs: what is sent to it, what comes back, what it uses, and how it ends. */
import { spawn } from 'node:child_process'
import { isDeepStrictEqual } from 'node:util'
import { replyReader } from './frames.mjs'
import { root } from './servers.mjs'
import { cpuMeter, cpuTicksNs, rssMb } from './usage.mjs'

const running = new Set()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))

const patienceMs = 20_000

/** An environment without what would change a runtime: NODE_OPTIONS, OTEL_…, SIDESTREAM_…, PYTHON… */
const { PATH, HOME, NODE_DISABLE_COMPILE_CACHE } = process.env

export const start = (server, framing) => {
  const [command, ...args] = server.commands[framing]
  const env = { PATH, HOME, NODE_DISABLE_COMPILE_CACHE, ...server.env }
  const child = spawn(command, args, { cwd: root, env })
  running.add(child)

  let stderrTail = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderrTail = (stderrTail + text).slice(-2_000)
  })
  let strayBytes = 0
  const stray = (chunk) => {
    strayBytes += chunk.length
  }
  let receive = stray
  let fail = () => {}
  let exit
  let lastChunk = ''
  child.stdout.on('data', (chunk) => {
    lastChunk = chunk
    receive(chunk)
  })
  child.stdin.on('error', () => {}) // EPIPE; the end of the process says more
  child.on('error', (error) => fail(`cannot be started: ${error.message}`))
  const closed = new Promise((resolve) => {
    child.once('close', (code, signal) => {
      running.delete(child)
      exit = signal ?? code
      fail(`ended with ${exit}`)
      resolve(exit)
    })
  })

  /** Runs `body(resolve, reject)` until it settles, the server ends, or patience does. */
  const whileAlive = (what, limitMs, body) => {
    let timer
    return new Promise((resolve, reject) => {
      fail = (reason) => {
        const tail = stderrTail.trim() && `\n${stderrTail.trim().replace(/^/gm, '    ')}`
        reject(new Error(`${server.name}: ${what}: ${reason}${tail}`))
      }
      const last = () => JSON.stringify(lastChunk.toString().slice(-200))
      timer = setTimeout(() => fail(`not done after ${limitMs} ms; last came ${last()}`), limitMs)
      if (exit !== undefined) fail(`ended with ${exit}`)
      else if (strayBytes > 0) fail(`${strayBytes} bytes came that nobody had asked for`)
      else body(resolve, fail)
    }).finally(() => {
      clearTimeout(timer)
      receive = stray
      fail = () => {}
    })
  }

  return {
    name: server.name,
    pid: child.pid,
    cpuNs: cpuMeter(child.pid),
    cpuTicksNs: () => cpuTicksNs(child.pid),
    rssMb: () => rssMb(child.pid),
    stdin: child.stdin,
    pauseReading: () => child.stdout.pause(),
    resumeReading: () => child.stdout.resume(),

    /**
     * Sends a burst and checks every reply: each id once, each result as it must be.
     *
     * @returns how many bytes the replies had
     */
    exchange: (burst) =>
      whileAlive('check', patienceMs, (resolve, wrong) => {
        const replies = checkedReplies(framing, burst, wrong)
        receive = replies.push
        void replies.complete.then(resolve)
        child.stdin.write(burst.bytes)
      }),

    /**
     * Sends the same burst again and again, the next one when the last is answered in full. Bursts make the same
     * chunks for every server, so that a ratio does not depend on how fast the driver refills a window. Replies
     * are counted in bytes, the cheapest way that notices a reply which is not as long as the verified one.
     *
     * @returns how many calls were answered
     */
    pump: (burst, replyBytes, sliceMs) =>
      whileAlive('slice', sliceMs + patienceMs, (resolve, wrong) => {
        const endAt = performance.now() + sliceMs
        let bursts = 0
        let received = 0
        receive = (chunk) => {
          received += chunk.length
          if (received < replyBytes) return
          if (received > replyBytes) {
            wrong(`${received} bytes of replies instead of ${replyBytes}`)
            return
          }
          received = 0
          bursts += 1
          if (performance.now() >= endAt) resolve(bursts * burst.calls)
          else child.stdin.write(burst.bytes)
        }
        child.stdin.write(burst.bytes)
      }),

    /**
     * For scenarios with an order of events of their own: `body` sends and reads as it likes.
     * Settles with what `body` returns; fails if the server ends before, unless `mayEnd`.
     */
    converse: (what, burst, body, { mayEnd = false } = {}) =>
      whileAlive(what, 2 * patienceMs, (resolve, wrong) => {
        const replies = checkedReplies(framing, burst, wrong)
        receive = replies.push
        if (mayEnd) fail = () => {}
        body(replies).then(resolve, (error) => wrong(error.message))
      }),

    closed,
    kill: () => {
      child.kill('SIGKILL')
      return closed
    },
    /** Ends the server as its host would; one that does not go is killed. */
    stop: () => {
      child.stdin.end()
      const timer = setTimeout(() => child.kill('SIGKILL'), 2_000)
      return closed.finally(() => clearTimeout(timer))
    },
  }
}

/** Reads replies to a burst. `complete` resolves with their size in bytes when none is missing. */
const checkedReplies = (framing, { expected }, wrong) => {
  const open = new Map(expected)
  let bytes = 0
  let complete
  const completed = new Promise((resolve) => {
    complete = resolve
  })
  const read = replyReader(framing, (reply) => {
    const shown = () => JSON.stringify(reply).slice(0, 300)
    const want = open.get(reply.id)
    if (!open.delete(reply.id)) wrong(`a reply with an id that is not open: ${shown()}`)
    else if (!isDeepStrictEqual(reply.result, want)) wrong(`a wrong reply: ${shown()}`)
  })
  const push = (chunk) => {
    bytes += chunk.length
    try {
      read(chunk)
    } catch (error) {
      wrong(error.message)
    }
    if (open.size === 0) complete(bytes)
  }
  return { push, missing: () => open.size, complete: completed }
}
