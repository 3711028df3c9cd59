/** Names of OpenTelemetry's semantic conventions (1.45.0) and of our own beside them. That package costs 66 ms to load. */

/** Keys of attributes, on spans, log records and metrics. */
export const attribute = {
  system: 'rpc.system.name',
  method: 'rpc.method',
  /** On spans only, as it may be anything. */
  methodOriginal: 'rpc.method_original',
  statusCode: 'rpc.status_code',
  errorType: 'error.type',
  requestId: 'jsonrpc.request.id',
  protocolVersion: 'jsonrpc.protocol.version',
  serviceName: 'service.name',
  serviceVersion: 'service.version',
  serviceInstanceId: 'service.instance.id',
  exceptionType: 'exception.type',
  exceptionMessage: 'exception.message',
  exceptionStacktrace: 'exception.stacktrace',
  cpuMode: 'cpu.mode',
  overflow: 'otel.metric.overflow',
  stage: 'sidestream.stage',
  /** In seconds: on server spans of an engine, and on client spans that waited for a process. */
  queueWait: 'sidestream.queue.wait',
  /** On server spans, in seconds. */
  handlerDuration: 'sidestream.handler.duration',
  /** On client spans: this is the second try, or a later one. */
  attempt: 'sidestream.attempt',
  engine: 'sidestream.engine',
  /** One process of an engine. */
  key: 'sidestream.key',
  state: 'sidestream.state',
  engineState: 'sidestream.engine.state',
  healthStatus: 'sidestream.health.status',
  ioDirection: 'sidestream.io.direction',
  restartReason: 'sidestream.restart.reason',
  reloadResult: 'sidestream.config.reload.result',
  signal: 'sidestream.telemetry.signal',
  operation: 'sidestream.operation',
} as const

/** Of `rpc.system.name`. */
export const jsonRpc = 'jsonrpc'

/** Stands for all values that are not known, or are too many. */
export const other = '_OTHER'

/** Names of metrics. */
export const metric = {
  serverDuration: 'rpc.server.call.duration',
  clientDuration: 'rpc.client.call.duration',
  queueWait: 'sidestream.queue.wait',
  operationDuration: 'sidestream.operation.duration',
  requestsActive: 'sidestream.requests.active',
  queueDepth: 'sidestream.queue.depth',
  state: 'sidestream.state',
  healthStatus: 'sidestream.health.status',
  /** As `system.network.io`: one name for both directions. It is not always stdio that carries the frames. */
  io: 'sidestream.io',
  stdoutStray: 'sidestream.stdout.stray',
  protocolErrors: 'sidestream.protocol.errors',
  notificationsDropped: 'sidestream.notifications.dropped',
  configReloads: 'sidestream.config.reloads',
  loopUtilization: 'sidestream.eventloop.utilization',
  loopDelayP50: 'sidestream.eventloop.delay.p50',
  loopDelayP99: 'sidestream.eventloop.delay.p99',
  loopBlocked: 'sidestream.eventloop.blocked',
  telemetryDropped: 'sidestream.telemetry.dropped',
  logsDropped: 'sidestream.logs.dropped',
  restarts: 'sidestream.restarts',
  engineState: 'sidestream.engine.state',
  engineRequestsActive: 'sidestream.engine.requests.active',
  engineStdoutStray: 'sidestream.engine.stdout.stray',
  processCpuTime: 'process.cpu.time',
  processMemory: 'process.memory.usage',
  processUptime: 'process.uptime',
  processThreads: 'process.thread.count',
  processDescriptors: 'process.unix.file_descriptor.count',
} as const

/** Upper bounds of buckets for calls that may take long, in seconds: those of MCP's conventions. */
export const longCallBounds: readonly number[] = [
  0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300,
]
