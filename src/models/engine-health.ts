/** How an engine is, as `health.check` answers and `health.tick` tells. */
import type * as t from 'io-ts'
import { load } from './engine-status.js'
import { dictionary, flag, milliseconds, oneOf, probability, text, whole } from './members.js'
import { openObject } from './objects.js'

export const HealthStatus = oneOf(['ok', 'degraded', 'failing'], 'How it is.')
export type HealthStatus = t.TypeOf<typeof HealthStatus>

export const HealthCheckResult = openObject(
  'HealthCheckResult',
  'What one check found, and facts of its own.',
  { status: HealthStatus },
)
export type HealthCheckResult = t.TypeOf<typeof HealthCheckResult>

export const EngineHealth = openObject('EngineHealth', 'What `health.check` answers.', {
  status: HealthStatus,
  ...load,
  strayBytes: whole('What JavaScript wrote to stdout beside the frames, in bytes.'),
  eventLoop: openObject('EventLoopHealth', 'How quickly the event loop answers.', {
    utilization: probability('Share of the time that it was busy, from 0 to 1.'),
    p50Ms: milliseconds('Delay that is not exceeded half of the time'),
    p99Ms: milliseconds('Delay that is not exceeded 99 % of the time'),
    blockedMs: milliseconds('Longest time lately that it did not answer'),
  }),
  memory: openObject('MemoryHealth', 'What the process holds.', {
    rssBytes: whole('Memory of the process, in bytes.'),
    heapUsedBytes: whole('Of it, what JavaScript uses, in bytes.'),
  }),
  checks: dictionary(HealthCheckResult, 'What the checks of the engine found, by name.'),
  slowest: dictionary(
    openObject(
      'SlowestCall',
      'The slowest call of a method.',
      { ms: milliseconds('From its receipt to its answer') },
      { traceId: text('Of its trace, where the caller told of one.') },
    ),
    'By method, the slowest call that was not answered at once.',
  ),
  probes: openObject('HealthProbes', 'Three questions of Kubernetes.', {
    startup: flag('Whether it has been ready once.'),
    ready: flag('Whether it takes calls and no check is failing.'),
    live: flag('Whether it need not be replaced.'),
  }),
})
export type EngineHealth = t.TypeOf<typeof EngineHealth>
