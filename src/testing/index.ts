/** For tests of engines and pipelines: virtual time and marble diagrams. */

export type { SubscriptionLog } from './marble-syntax.js'
export type { MarbleHelpers, MarbleOptions, MarbleTest } from './marbles.js'
export { marbles } from './marbles.js'
export type {
  PeerError,
  PeerMessage,
  ScriptedPeer,
  ScriptedPeerOptions,
} from './scripted-peer.js'
export { scriptedPeer } from './scripted-peer.js'
export type { TestCalls, TestCallsOptions, TestReply, TestRequest } from './test-calls.js'
export { testCalls } from './test-calls.js'
export type { TestEngine, TestMessage, WrittenMessage } from './test-engine.js'
export { testEngine } from './test-engine.js'
export type { LogRecord } from './test-log.js'
export type { TestObservable } from './test-observables.js'
export type { VirtualClock } from './virtual-clock.js'
export { virtualClock } from './virtual-clock.js'
