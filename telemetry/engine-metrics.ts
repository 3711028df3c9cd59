/** Figures of an engine as metrics: what its health snapshot tells, read when metrics are collected. */
import type { BatchObservableResult, Meter } from '@opentelemetry/api'
import type { EngineFigures } from '../src/ports/telemetry.js'
import type { EventLoopVitals } from '../src/ports/vitals.js'
import { attribute, metric } from './names.js'
import { observed } from './observed.js'
import { engineStates, healthStatuses } from './states.js'

const instrumentsOf = (meter: Meter) => ({
  active: meter.createObservableUpDownCounter(metric.requestsActive, {
    unit: '{request}',
    description: 'Calls whose handlers run.',
  }),
  queued: meter.createObservableUpDownCounter(metric.queueDepth, {
    unit: '{request}',
    description: 'Calls that wait for their turn.',
  }),
  state: meter.createObservableUpDownCounter(metric.state, {
    unit: '1',
    description: 'Where the engine is in its life: 1 for the state that it is in.',
  }),
  health: meter.createObservableUpDownCounter(metric.healthStatus, {
    unit: '1',
    description: 'What the latest health check found: 1 for the status that it has.',
  }),
  io: meter.createObservableCounter(metric.io, {
    unit: 'By',
    description: 'Bytes of messages, as they came in and went out.',
  }),
  stray: meter.createObservableCounter(metric.stdoutStray, {
    unit: 'By',
    description: 'What JavaScript wrote to stdout beside the messages; it went to stderr.',
  }),
  protocolErrors: meter.createObservableCounter(metric.protocolErrors, {
    unit: '{error}',
    description: 'Messages that could not be read as calls, and malformed trace headers.',
  }),
  droppedNotifications: meter.createObservableCounter(metric.notificationsDropped, {
    unit: '{notification}',
    description: 'Notifications that nobody read in time.',
  }),
  reloads: meter.createObservableCounter(metric.configReloads, {
    unit: '{reload}',
    description: 'Changes of the config, by what became of them.',
  }),
  utilization: meter.createObservableGauge(metric.loopUtilization, {
    unit: '1',
    description: 'Share of time that the event loop was busy since the last reading.',
  }),
  delayP50: meter.createObservableGauge(metric.loopDelayP50, {
    unit: 's',
    description: 'Delay of the event loop that was not exceeded half of the time.',
  }),
  delayP99: meter.createObservableGauge(metric.loopDelayP99, {
    unit: 's',
    description: 'Delay of the event loop that was not exceeded 99 % of the time.',
  }),
  blocked: meter.createObservableGauge(metric.loopBlocked, {
    unit: 's',
    description: 'Longest time lately that the event loop did not answer another thread.',
  }),
})

type Instruments = ReturnType<typeof instrumentsOf>

const tellCalls = (result: BatchObservableResult, it: EngineFigures, to: Instruments): void => {
  result.observe(to.active, it.inFlight)
  result.observe(to.queued, it.queued)
  for (const state of engineStates) {
    result.observe(to.state, Number(state === it.state), { [attribute.state]: state })
  }
  for (const status of healthStatuses) {
    result.observe(to.health, Number(status === it.status), { [attribute.healthStatus]: status })
  }
}

const tellMessages = (result: BatchObservableResult, it: EngineFigures, to: Instruments): void => {
  result.observe(to.io, it.bytesIn, { [attribute.ioDirection]: 'receive' })
  result.observe(to.io, it.bytesOut, { [attribute.ioDirection]: 'transmit' })
  result.observe(to.stray, it.strayBytes)
  result.observe(to.droppedNotifications, it.droppedNotifications)
  for (const [kind, count] of it.protocolErrors) {
    result.observe(to.protocolErrors, count, { [attribute.errorType]: kind })
  }
  for (const [outcome, count] of Object.entries(it.configReloads)) {
    result.observe(to.reloads, count, { [attribute.reloadResult]: outcome })
  }
}

const tellLoop = (result: BatchObservableResult, it: EventLoopVitals, to: Instruments): void => {
  const { utilization, p50Ms, p99Ms, blockedMs } = it
  result.observe(to.utilization, utilization)
  result.observe(to.delayP50, p50Ms / 1000)
  result.observe(to.delayP99, p99Ms / 1000)
  result.observe(to.blocked, blockedMs / 1000)
}

/** Exporters that read at the same time are told the same: a reading begins a new time, of which the next would tell nothing. */
const sameLoopMs = 1000

/** @returns reads the event loop, but for what has just been read */
const loopReader = (now: () => number): ((it: EngineFigures) => EventLoopVitals) => {
  let latest: EventLoopVitals | undefined
  let readAt = 0
  return (it) => {
    if (latest !== undefined && now() - readAt < sameLoopMs) return latest
    readAt = now()
    latest = it.eventLoop('metrics')
    return latest
  }
}

/**
 * @param now - in milliseconds
 * @returns ends it: the engine is not read any more
 */
export const observeEngine = (
  meter: Meter,
  read: () => EngineFigures,
  now: () => number = () => performance.now(),
): (() => void) => {
  const instruments = instrumentsOf(meter)
  const loopOf = loopReader(now)
  return observed(meter, Object.values(instruments), (result) => {
    const figures = read()
    tellCalls(result, figures, instruments)
    tellMessages(result, figures, instruments)
    tellLoop(result, loopOf(figures), instruments)
  })
}
