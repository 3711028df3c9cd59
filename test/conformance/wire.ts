/** Bytes in, messages out: an engine on virtual time, fed with a whole stream, run until it ends by itself. */
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
  for (const chunk of chunks) peer.send(chunk)
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
  const peer = scriptedPeer(definition, { clock, ...options })
  const settle = (): Promise<void> => clock.advance(0)
  await settle()
  return Object.defineProperties({ clock, settle } as never, Object.getOwnPropertyDescriptors(peer))
}

/** What is told of a reply in most tests: its id, and its result or its error's code and kind. */
export const gist = ({ id, result, error }: PeerMessage): readonly unknown[] =>
  error === undefined
    ? [id, result]
    : [id, error.code, (error.data as { kind?: string } | undefined)?.kind]
