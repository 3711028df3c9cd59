/** The other end of the pipe: starts an engine and talks to it. As the entry of a subpath, it puts the real parts together. */
import { realClock } from '../ports/clock.js'
import { type Command, startChild } from '../transport/child-process.js'
import { Client, type ClientOptions } from './client.js'

export type { RequestOptions } from '../../pipelines/call-runtime.js'
export type { ChildEnd } from '../ports/child.js'
export type { Framing } from '../protocol/frame.js'
export { isRpcError, type RpcError } from '../protocol/rpc-error.js'
export type { Client, ClientOptions } from './client.js'
export type { Notification } from './reader.js'

export interface ConnectOptions extends Command, ClientOptions {}

/**
 * Starts an engine. Requests may be sent at once.
 *
 * An engine that cannot be started fails every request with EngineGone, and `ended` tells why.
 */
export const connect = (options: ConnectOptions): Client =>
  new Client(startChild(options), realClock, options)
