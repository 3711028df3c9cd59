/** Bytes in, messages out: an engine on virtual time, fed with a whole stream, run until it ends by itself. */
import { suite } from 'uvu'
import { type Engine, engine } from '../../src/engine/define.js'
import { type Framing, frame } from '../../src/protocol/frame.js'
import {
  type PeerMessage,
  type ScriptedPeer,
  type ScriptedPeerOptions,
  scriptedPeer,
} from '../../src/testing/scripted-peer.js'
import { type VirtualClock, virtualClock } from '../../src/testing/virtual-clock.js'

export const framings: readonly Framing[] = ['ndjson', 'content-length']

/** What `talk` and `exchange` speak in the test that runs. */
let spoken: Framing = 'ndjson'

type Body = () => void | Promise<void>

/** A suite whose tests run in both framings. They send lines, which become frames where there are headers. */
export const suiteInFramings = (
  name: string,
): ((title: string, body: Body) => void) & { run(): void } => {
  const suites = framings.map((framing) => [framing, suite(`${name}, ${framing}`)] as const)
  const test = (title: string, body: Body): void => {
    for (const [framing, add] of suites) {
      add(title, async () => {
        spoken = framing
        try {
          await body()
        } finally {
          spoken = 'ndjson'
        }
      })
    }
  }
  const run = (): void => {
    for (const [, { run: runSuite }] of suites) runSuite()
  }
  return Object.assign(test, { run })
}

/** Whole lines as the frames that are spoken; everything else as it is. */
const asSpoken = (raw: string | Uint8Array, framing: Framing): string | Uint8Array =>
  framing === 'ndjson' || typeof raw !== 'string' || !raw.endsWith('\n')
    ? raw
    : framed(raw.split('\n').slice(0, -1), framing)

/** Engines of these tests differ in their methods only. */
export const engineOf = (methods: Engine['methods'], more: Partial<Engine> = {}): Engine =>
  engine({ name: 'conformance', version: '1.0.0', ...(methods && { methods }), ...more })

export interface Exchange {
  /** JSON texts that the engine wrote, one a frame. */
  readonly texts: readonly string[]
  readonly messages: readonly PeerMessage[]
  readonly exitCode: number
  readonly peer: ScriptedPeer
}

/** Sends a stream, ends it, and waits until the engine has stopped. Handlers that hang are ended by the drain deadline. */
export const exchange = async (
  definition: Engine,
  chunks: readonly (string | Uint8Array)[],
): Promise<Exchange> => {
  const clock = virtualClock()
  const peer = scriptedPeer(definition, { clock })
  await clock.advance(0) // ready
  for (const chunk of chunks) peer.send(asSpoken(chunk, spoken))
  await clock.advance(0)
  return { ...(await stopped(peer, clock)), peer }
}

/** Ends the input, and lets time run until the engine has stopped. */
export const stopped = async (
  peer: ScriptedPeer,
  clock: VirtualClock,
): Promise<Omit<Exchange, 'peer'>> => {
  let exitCode: number | undefined
  void peer.end().then((code) => {
    exitCode = code
  })
  await clock.runAll()
  if (exitCode === undefined) throw new Error('The engine does not stop at the end of its input')
  const { texts, messages } = peer
  return { texts, messages, exitCode }
}

/** Texts as one stream in a framing. */
export const framed = (texts: readonly string[], framing: Framing): Buffer =>
  Buffer.from(texts.map((text) => frame(text, framing)).join(''))

/** A peer on virtual time whose engine is ready. `settle` lets everything happen that waits for no time. */
export const talk = async (
  definition: Engine,
  options: ScriptedPeerOptions = {},
): Promise<ScriptedPeer & { readonly clock: VirtualClock; settle(): Promise<void> }> => {
  const clock = virtualClock()
  const framing = spoken
  const peer = scriptedPeer(definition, { clock, framing, ...options })
  const settle = (): Promise<void> => clock.advance(0)
  await settle()
  const send: ScriptedPeer['send'] = (raw) => peer.send(asSpoken(raw, framing))
  const own = Object.getOwnPropertyDescriptors({ clock, settle, send })
  return Object.defineProperties({} as never, { ...Object.getOwnPropertyDescriptors(peer), ...own })
}

/** What is told of a reply in most tests: its id, and its result or its error's code and kind. */
export const gist = ({ id, result, error }: PeerMessage): readonly unknown[] =>
  error === undefined
    ? [id, result]
    : [id, error.code, (error.data as { kind?: string } | undefined)?.kind]
