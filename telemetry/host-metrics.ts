/** Figures of a host as metrics: the processes that it keeps running, and how often it had to start them again. */
import type { Meter } from '@opentelemetry/api'
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

/** @returns ends it: the host is read for the last time, and told of like that from then on */
export const observeHost = (meter: Meter, read: () => HostFigures): (() => void) => {
  const instruments = instrumentsOf(meter)
  const { restarts, state, active, stray } = instruments
  // A reader repeats what was told last, so one that is gone is told of as being in no state.
  const seen = new Map<string, { readonly engine: string; readonly key: string }>()
  let latest = read
  observed(meter, Object.values(instruments), (result) => {
    const figures = latest()
    for (const { engine, reason, count } of figures.restarts) {
      const of = { [attribute.engine]: engine, [attribute.restartReason]: reason }
      result.observe(restarts, count, of)
    }
    const members = new Map(figures.members.map((member) => [member.key, member]))
    for (const member of figures.members) seen.set(member.key, member)
    for (const { engine, key } of seen.values()) {
      const member = members.get(key)
      const of = { [attribute.engine]: engine, [attribute.key]: key }
      for (const name of memberStates) {
        const isIn = name === member?.state
        result.observe(state, Number(isIn), { ...of, [attribute.engineState]: name })
      }
      result.observe(active, member?.inFlight ?? 0, of)
      if (member !== undefined) result.observe(stray, member.strayBytes, of)
    }
  })
  return () => {
    const last = read()
    latest = () => last
  }
}
