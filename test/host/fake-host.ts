/** A supervisor in virtual time, whose engines do what a test says. */
import type { BlackBoxFile } from '../../src/host/black-box.js'
import type { HostPorts } from '../../src/host/host-ports.js'
import { type EngineSpecs, Supervisor, type SupervisorOptions } from '../../src/host/supervisor.js'
import type { ChildEnd, Command, KillSignal } from '../../src/ports/child.js'
import { virtualClock } from '../../src/testing/virtual-clock.js'
import { childOf } from './fake-child.js'

export type Params = Readonly<Record<string, unknown>> & {
  readonly _meta?: Readonly<Record<string, unknown>>
}

/** How an engine of a fake host behaves. */
export interface Behaviour {
  /** From its first message to ready, in milliseconds; Infinity for never. Default 0. */
  readonly readyAfterMs?: number
  /** It ends by itself so long after it became ready. */
  readonly endsAfterMs?: number
  /** How it does that. Default: killed by SIGSEGV. */
  readonly end?: ChildEnd
  /** From being asked to shut down to its end; Infinity for never. Default 0. */
  readonly stopsAfterMs?: number
  readonly isIdempotent?: boolean
}

export interface FakeProcess {
  readonly name: string
  readonly pid: number
  readonly startedAt: number
  /** Requests of methods of its own, which wait for `answer`. */
  readonly requests: { readonly id: number; readonly method: string; readonly params: Params }[]
  readonly signals: KillSignal[]
  isAlive: boolean
  /** It takes nothing in and says nothing. */
  isFrozen: boolean
  answer(id: number, result: unknown): void
  /** Sends any message. */
  tell(message: object): void
  progress(id: number, value: unknown, partial?: boolean): void
  die(end?: ChildEnd): void
  beat(value: object): void
  closeStdout(): void
  /** Reads nothing any more. */
  stall(): void
  readonly asked: readonly string[]
  /** Params of each `engine.subscribe`. */
  readonly subscribed: Params[]
  /** Answers to its own calls. */
  readonly replies: {
    readonly id: unknown
    readonly result?: unknown
    readonly error?: { code: number }
  }[]
  print(text: string): void
}

const killed: ChildEnd = { how: 'killed', signal: 'SIGSEGV' }

/** @param behave - by name of the engine (its command), and how many of it were started before */
export const fakeHost = <S extends EngineSpecs>(
  options: SupervisorOptions<S>,
  behave: (name: string, nth: number) => Behaviour = () => ({}),
  ports: Partial<HostPorts> = {},
) => {
  const clock = virtualClock()
  const processes: FakeProcess[] = []
  const boxes: BlackBoxFile[] = []
  let ids = 0

  const spawn = async ({ command }: Command) => {
    const nth = processes.filter(({ name }) => name === command).length
    const {
      readyAfterMs = 0,
      endsAfterMs,
      end = killed,
      stopsAfterMs = 0,
      isIdempotent = false,
    } = behave(command, nth)
    const fake = childOf((signal) => {
      process.signals.push(signal)
      if (signal === 'SIGKILL') die({ how: 'killed', signal })
    }, processes.length + 1)
    const { peer } = fake
    const die = (how: ChildEnd = end): void => {
      if (!process.isAlive) return
      process.isAlive = false
      fake.end(how)
    }
    const send = (message: object): void => {
      if (process.isAlive && !process.isFrozen)
        peer.send(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
    }
    let state = 'starting'
    const become = (to: string): void => {
      send({ method: 'engine.stateChanged', params: { from: state, to, reason: '' } })
      state = to
    }
    const process: FakeProcess = {
      name: command,
      pid: processes.length + 1,
      startedAt: clock.now(),
      requests: [],
      signals: [],
      isAlive: true,
      isFrozen: false,
      answer: (id, result) => send({ id, result }),
      tell: send,
      progress: (token, value, partial) =>
        send({ method: '$/progress', params: { token, value, ...(partial && { partial }) } }),
      die,
      beat: fake.beat,
      closeStdout: () => peer.end(),
      stall: () => peer.stall(),
      asked: fake.asked,
      subscribed: [],
      replies: [],
      print: fake.print,
    }
    processes.push(process)
    const ready = (): void => {
      become('ready')
      if (endsAfterMs !== undefined) clock.setTimer(() => die(), endsAfterMs)
    }
    if (readyAfterMs < Infinity) clock.setTimer(ready, readyAfterMs)
    peer.written$.subscribe((text) => {
      if (!process.isAlive || process.isFrozen) return
      const message = JSON.parse(text)
      const { id, method, params } = message
      if (method === undefined) process.replies.push(message)
      switch (method) {
        case 'engine.describe':
          return send({
            id,
            result: {
              protocolVersion: 1,
              engine: { name: command, version: '1.0.0' },
              limits: {},
              methods: [{ name: 'work', idempotent: isIdempotent }],
            },
          })
        case 'engine.subscribe':
          process.subscribed.push(params)
          return send({ id, result: null })
        case 'engine.status':
          return send({ id, result: { state } })
        case 'health.check':
          return send({
            id,
            result: { status: 'ok', memory: { rssBytes: 1 }, eventLoop: { p99Ms: 1 } },
          })
        case 'engine.shutdown':
          send({ id, result: { draining: true, open: 0 } })
          if (stopsAfterMs < Infinity)
            clock.setTimer(() => die({ how: 'exited', exitCode: 0 }), stopsAfterMs)
          return
        default:
          if (id !== undefined && method !== undefined)
            process.requests.push({ id, method, params })
      }
    })
    return fake.child
  }

  const supervisor = new Supervisor(options, {
    spawn,
    clock,
    wallClock: () => clock.now(),
    chance: () => 1,
    newId: () => {
      ids += 1
      return `id${ids}`
    },
    isStopped: () => false,
    usageOf: async () => undefined,
    note: () => () => {},
    sweep: async () => {},
    stayAlive: () => () => {},
    keep: async (box) => {
      boxes.push(box)
      return undefined
    },
    ...ports,
  })
  const events: string[] = []
  supervisor.events$.subscribe(({ type, key }) => events.push(`${clock.now()} ${key} ${type}`))
  const last = (name: string): FakeProcess =>
    processes.findLast((it) => it.name === name) as FakeProcess
  return { supervisor, clock, processes, last, events, boxes }
}
