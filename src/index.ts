/** What an engine is written with. */
export { left, right } from 'fp-ts/lib/Either.js'
export * as t from 'io-ts'
export {
  type AdmitSettings,
  admit,
  type Call,
  type Context,
  type DeclaredErrors,
  type Duration,
  deadline,
  dispatch,
  type ErrorSettings,
  type LimitSettings,
  limit,
  mapErrors,
  named,
  type Outcome,
  perCall,
  perMethod,
  type Settings,
  serialBy,
  stage,
  standardCalls,
  standardReplies,
  validateParams,
  validateResult,
} from '../pipelines/index.js'
export { type ServeOptions, serve } from './cli/serve.js'
export { configOf } from './engine/config-of.js'
export {
  type AnyMethod,
  type CallSettings,
  type Engine,
  type EngineContext,
  type EngineDefinition,
  engine,
  type Failure,
  type Group,
  group,
  type Handled,
  type Method,
  type Methods,
  method,
  type NotificationDefinition,
  notification,
} from './engine/define.js'
export type { CheckResult, HealthCheck, HealthChecks, HealthSnapshot } from './engine/health.js'
export type { Logger, LogLevel, TimedLogger } from './ports/logger.js'
export { path } from './protocol/file-path.js'
export { type ErrorKind, errorCodes, type RpcError, rpcError } from './protocol/rpc-error.js'
export { Secret, secret } from './protocol/secret.js'
export { optional, type Reload, type SettingFacts, section, setting } from './protocol/setting.js'
export { duration, size } from './protocol/units.js'
