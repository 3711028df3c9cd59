/** What the process uses, as the operating system counts it. */
import { readdirSync, readFileSync } from 'node:fs'
import type { Meter } from '@opentelemetry/api'
import { attribute, metric } from './names.js'
import { observed } from './observed.js'

const instrumentsOf = (meter: Meter) => ({
  cpu: meter.createObservableCounter(metric.processCpuTime, {
    unit: 's',
    description: 'Total CPU seconds broken down by different CPU modes.',
  }),
  memory: meter.createObservableUpDownCounter(metric.processMemory, {
    unit: 'By',
    description: 'The amount of physical memory in use.',
  }),
  uptime: meter.createObservableGauge(metric.processUptime, {
    unit: 's',
    description: 'The time the process has been running.',
  }),
  threads: meter.createObservableUpDownCounter(metric.processThreads, {
    unit: '{thread}',
    description: 'Process threads count.',
  }),
  descriptors: meter.createObservableUpDownCounter(metric.processDescriptors, {
    unit: '{file_descriptor}',
    description: 'Number of UNIX file descriptors in use by the process.',
  }),
})

/** Linux tells it in files; elsewhere, and where /proc is not mounted, there is nothing to tell. */
const fromProc = (count: () => number): number | undefined => {
  try {
    return count()
  } catch {
    return undefined
  }
}

const threadCount = (): number =>
  Number(/^Threads:\s*(\d+)$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1])

const descriptorCount = (): number => readdirSync('/proc/self/fd').length - 1 // one reads this very folder

/** @returns ends it */
export const observeProcess = (meter: Meter): (() => void) => {
  const instruments = instrumentsOf(meter)
  const { cpu, memory, uptime, threads, descriptors } = instruments
  return observed(meter, Object.values(instruments), (result) => {
    const { user, system } = process.cpuUsage()
    result.observe(cpu, user / 1e6, { [attribute.cpuMode]: 'user' })
    result.observe(cpu, system / 1e6, { [attribute.cpuMode]: 'system' })
    result.observe(memory, process.memoryUsage.rss())
    result.observe(uptime, process.uptime())
    const threadsNow = fromProc(threadCount)
    if (threadsNow !== undefined) result.observe(threads, threadsNow)
    const descriptorsNow = fromProc(descriptorCount)
    if (descriptorsNow !== undefined) result.observe(descriptors, descriptorsNow)
  })
}
