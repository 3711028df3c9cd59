/** Engines whose work is done by a child process, in Python or what you like. */
export type { RequestOptions } from '../../pipelines/call-runtime.js'
export type { Update, UpdateOptions } from '../host/updates.js'
export type { Command, Spawn } from '../ports/child.js'
export type { Clock } from '../ports/clock.js'
export type { Logger } from '../ports/logger.js'
export type { RpcError } from '../protocol/rpc-error.js'
export { type Bridge, type BridgeOptions, openBridge } from './bridge.js'
export { type PythonOptions, type PythonProgram, pythonCommand } from './python.js'
