/** Figures of hosts as metrics: the processes that they keep running, and how often they had to start them again. */
import type { Attributes, BatchObservableResult, Meter, Observable } from '@opentelemetry/api'
import type { HostFigures } from '../src/ports/telemetry.js'
import { attribute, metric } from './names.js'
import { observed } from './observed.js'
import { memberStates } from './states.js'

const instrumentsOf = (meter: Meter) => ({
  restarts: meter.createObservableCounter(metric.restarts, {
    unit: '{restart}',
    description: 'Starts of an engine after its first one, by why the process before had ended.',
  }),
  state: meter.createObservableUpDownCounter(metric.engineState, {
    unit: '1',
    description: 'How the process of an engine is: 1 for the state that it is in.',
  }),
  active: meter.createObservableUpDownCounter(metric.engineRequestsActive, {
    unit: '{request}',
    description: 'Requests that an engine has not answered yet.',
  }),
  stray: meter.createObservableCounter(metric.engineStdoutStray, {
    unit: 'By',
    description: 'What an engine wrote to its stdout beside its messages.',
  }),
})

/** Hosts that tell the same meter share its series: two that tell one for themselves would undo each other. */
const observers = new WeakMap<Meter, HostMetrics>()

/** @returns ends it: the host is read for the last time. What it has counted is told from then on, and its processes are in no state */
export const observeHost = (meter: Meter, read: () => HostFigures): (() => void) => {
  const known = observers.get(meter)
  if (known !== undefined) return known.watch(read)
  const observer = new HostMetrics(meter)
  observers.set(meter, observer)
  return observer.watch(read)
}

interface Host {
  readonly read: () => HostFigures
  /** As far as its counts have been added to those of all. */
  readonly counted: Map<string, number>
}

/** Of all hosts that tell one meter. */
class HostMetrics {
  private readonly hosts = new Set<Host>()
  private readonly restarts = new Series()
  private readonly stray = new Series()
  private readonly states = new Series()
  private readonly active = new Series()

  constructor(meter: Meter) {
    const instruments = instrumentsOf(meter)
    observed(meter, Object.values(instruments), (result) => {
      this.states.zero()
      this.active.zero()
      for (const host of this.hosts) {
        const figures = host.read()
        this.count(figures, host)
        this.show(figures)
      }
      this.restarts.tell(result, instruments.restarts)
      this.states.tell(result, instruments.state)
      this.active.tell(result, instruments.active)
      this.stray.tell(result, instruments.stray)
    })
  }

  watch(read: () => HostFigures): () => void {
    const host: Host = { read, counted: new Map() }
    this.hosts.add(host)
    return () => {
      if (this.hosts.delete(host)) this.count(read(), host)
    }
  }

  private count({ restarts, members }: HostFigures, { counted }: Host): void {
    for (const { engine, reason, count } of restarts) {
      const of = { [attribute.engine]: engine, [attribute.restartReason]: reason }
      this.restarts.grow(of, count, counted)
    }
    for (const member of members) this.stray.grow(attributesOf(member), member.strayBytes, counted)
  }

  private show({ members }: HostFigures): void {
    for (const member of members) {
      const of = attributesOf(member)
      for (const name of memberStates) {
        this.states.add({ ...of, [attribute.engineState]: name }, Number(name === member.state))
      }
      this.active.add(of, member.inFlight)
    }
  }
}

const attributesOf = ({ engine, key }: HostFigures['members'][number]): Attributes => ({
  [attribute.engine]: engine,
  [attribute.key]: key,
})

/** Values by their attributes. None is ever left out again, as a reader would go on with what it was told last. */
class Series {
  private readonly values = new Map<string, { readonly of: Attributes; value: number }>()

  add(of: Attributes, value: number): void {
    const id = JSON.stringify(of)
    const known = this.values.get(id)
    if (known !== undefined) known.value += value
    else this.values.set(id, { of, value })
  }

  /** @param counted - what has been added before. A count that is less than that has begun anew, as that of a new process */
  grow(of: Attributes, count: number, counted: Map<string, number>): void {
    const id = JSON.stringify(of)
    const before = counted.get(id) ?? 0
    counted.set(id, count)
    this.add(of, count < before ? count : count - before)
  }

  zero(): void {
    for (const known of this.values.values()) known.value = 0
  }

  tell(result: BatchObservableResult, instrument: Observable): void {
    for (const { of, value } of this.values.values()) result.observe(instrument, value, of)
  }
}
