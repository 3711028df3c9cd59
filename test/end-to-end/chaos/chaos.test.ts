/**
 * A pool of three that is killed, stopped, blocked and cut off at random, for CHAOS_SECONDS, with fifty calls in flight
 * all the time. Prints a line of figures.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type RpcError, supervise } from 'sidestream/host'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { cli, until } from '../engine-process.js'
import { carriers, within } from '../faults/fault-suite.js'

const test = suite('chaos')
const seconds = Number(process.env['CHAOS_SECONDS'] ?? 10)
const inFlight = 50
/** Until memory is looked at for the first time. */
const warmUpMs = Math.min(5000, (seconds * 1000) / 3)

const folder = mkdtempSync(join(tmpdir(), 'sidestream-chaos-'))
test.after(() => rmSync(folder, { recursive: true }))
const callsFile = join(folder, 'calls')
const mark = `chaos-${process.pid}-${Date.now()}`

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')
const heapMiB = (): number => {
  collectGarbage()
  return process.memoryUsage().heapUsed / 2 ** 20
}
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const between = (least: number, most: number): number => least + Math.random() * (most - least)
const oneOf = <T>(all: readonly T[]): T => all[Math.floor(Math.random() * all.length)] as T
const count = (counts: Record<string, number>, what: string): void => {
  counts[what] = (counts[what] ?? 0) + 1
}

test('every call settles once, idempotent ones all succeed, and nobody is left behind', async () => {
  const file = fileURLToPath(new URL('engines/worker.js', import.meta.url))
  const args = [cli, 'run', file, '--log-level', 'error']
  const never = { most: 1_000_000, within: '1h' } as const
  const supervisor = supervise({
    engines: {
      worker: {
        command: process.execPath,
        args,
        env: { FAULT_RUN: mark, CALLS_FILE: callsFile },
        pool: 3,
        replays: 1000,
        queue: 10_000,
        startup: '10s',
        grace: '1s',
        liveness: { every: 200, timeout: 200, blockedFor: '1s' },
        restart: { backoff: { base: 50, cap: 200 }, startFailures: never, crashes: never },
      },
    },
    runFolder: join(folder, 'run'),
    blackBoxes: { folder: join(folder, 'boxes') },
  })
  const engine = supervisor.engine('worker')
  let members: {
    readonly key: string
    readonly pid: number | undefined
    readonly state: string
  }[] = []
  supervisor.state$.subscribe((all) => {
    members = all.map(({ key, pid, state }) => ({ key, pid, state }))
  })

  const faults: Record<string, number> = {}
  const ends: Record<string, number> = {}
  let restarts = 0
  /** Times of kills, by key, until it has ended and until it is ready. */
  const killed = new Map<string, number>()
  const revived = new Map<string, number>()
  const settleMs: number[] = []
  const readyMs: number[] = []
  supervisor.events$.subscribe((event) => {
    const now = performance.now()
    const { key, type } = event
    if (type === 'restarting') restarts += 1
    if (type === 'ended') {
      count(ends, event.reason)
      const at = killed.get(key)
      killed.delete(key)
      if (at === undefined) return
      settleMs.push(now - at)
      revived.set(key, at)
    }
    if (type === 'ready') {
      const at = revived.get(key)
      revived.delete(key)
      if (at !== undefined) readyMs.push(now - at)
    }
  })
  await supervisor.ready()

  let isOver = false
  let calls = 0
  let open = 0
  let twice = 0
  const failed = { safe: {} as Record<string, number>, once: {} as Record<string, number> }
  const call = async (method: 'safe' | 'once'): Promise<void> => {
    calls += 1
    open += 1
    const id = calls
    let settled = 0
    const settle = (): void => {
      settled += 1
      if (settled > 1) twice += 1
      open -= 1
    }
    const answer = engine.request(method, { id, ms: between(0, 100) })
    answer.then(settle, settle)
    try {
      if ((await answer) !== id) count(failed[method], 'the answer of another call')
    } catch (error) {
      const { kind, facts } = error as RpcError
      count(failed[method], `${kind}${facts?.['phase'] ?? ''}`)
    }
  }
  const caller = async (): Promise<void> => {
    while (!isOver) await call(Math.random() < 0.7 ? 'safe' : 'once')
  }
  const misdeeds: Readonly<Record<string, (pid: number, key: string) => void>> = {
    kill(pid, key) {
      killed.set(key, performance.now())
      process.kill(pid, 'SIGKILL')
    },
    stop: (pid) => void process.kill(pid, 'SIGSTOP'),
    pause(pid) {
      process.kill(pid, 'SIGSTOP')
      setTimeout(
        () => {
          if (members.some((it) => it.pid === pid)) process.kill(pid, 'SIGCONT')
        },
        between(50, 1500),
      )
    },
    block: () => void engine.request('block', { ms: between(50, 3000) }).catch(() => {}),
    close: () => void engine.request('close', { fd: oneOf([0, 3, 4]) }).catch(() => {}),
  }
  const plague = async (): Promise<void> => {
    while (!isOver) {
      await pause(between(100, 500))
      // One that is about to end would spoil the figures: its end is of another fault.
      const victim = oneOf(members.filter(({ state }) => state === 'ready' || state === 'busy'))
      if (victim?.pid === undefined || killed.has(victim.key)) continue
      // Mostly it is the host that ends what does not answer.
      if (victim.state === 'busy' && Math.random() < 0.8) continue
      const fault = victim.state === 'busy' ? 'kill' : oneOf(Object.keys(misdeeds))
      count(faults, fault)
      misdeeds[fault]?.(victim.pid, victim.key)
    }
  }

  const all = [...Array.from({ length: inFlight }, caller), plague()]
  await pause(warmUpMs)
  const warmMiB = heapMiB()
  await pause(seconds * 1000 - warmUpMs)
  isOver = true
  await within('the end of all calls', Promise.all(all), 60_000)
  assert.is(open, 0)
  assert.is(twice, 0)
  await until('all are ready', () => members.every(({ state }) => state === 'ready'))
  const endMiB = heapMiB()
  await supervisor.stop()
  await until('nobody is left', () => carriers(mark).length === 0)

  const sum = (counts: Record<string, number>) => Object.values(counts).reduce((a, b) => a + b, 0)
  const shares = (ms: number[]): string => {
    const sorted = ms.toSorted((a, b) => a - b)
    const at = (share: number) => Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? 0)
    return `${at(0.5)}/${at(0.99)}/${at(1)}`
  }
  console.log(
    [
      `figures: ${seconds} s`,
      `${calls} calls`,
      `failed: idempotent ${sum(failed.safe)}, others ${JSON.stringify(failed.once)}`,
      `faults ${JSON.stringify(faults)}`,
      `ends ${JSON.stringify(ends)}`,
      `${restarts} restarts`,
      `ms from kill -9 to all calls settled ${shares(settleMs)}, to ready again ${shares(readyMs)} (p50/p99/max)`,
      `heap ${warmMiB.toFixed(1)} MiB warm, ${endMiB.toFixed(1)} MiB at the end`,
    ].join('; '),
  )
  assert.equal(failed.safe, {})
  assert.equal(
    Object.keys(failed.once).filter((kind) => kind !== 'EngineGone' && kind !== 'ShuttingDown'),
    [],
  )
  const carriedOut = readFileSync(callsFile, 'utf8').split('\n')
  const once = carriedOut.filter((line) => line.startsWith('once'))
  assert.is(new Set(once).size, once.length, 'what is not idempotent was never carried out twice')
  assert.ok(endMiB - warmMiB < 8, `the heap grew from ${warmMiB} to ${endMiB} MiB`)
})

test.run()
