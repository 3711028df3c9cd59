/** What a process has used, read from Linux's /proc. */
import { readdirSync, readFileSync } from 'node:fs'

const read = (path) => {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return '' // the thread or the process has just ended
  }
}

/**
 * A meter of a process's CPU time in ns, all its threads together.
 *
 * `stat` has utime + stime in ticks of 10 ms: 2 % of a slice of half a second, which is more than the differences
 * we look for. `schedstat` has nanoseconds, but only per living thread: so what each thread had when last seen is
 * remembered, and a thread that ends between two readings loses only what it used since the first of them.
 */
export const cpuMeter = (pid) => {
  const lastSeen = new Map()
  return () => {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const ns = Number(read(`/proc/${pid}/task/${thread}/schedstat`).split(' ')[0])
      if (ns > 0) lastSeen.set(thread, ns)
    }
    let sum = 0
    for (const ns of lastSeen.values()) sum += ns
    return sum
  }
}

/** The kernel's own sum over living and ended threads, in ns and steps of 10 ms: the cross-check of the meter. */
export const cpuTicksNs = (pid) => {
  const stat = read(`/proc/${pid}/stat`)
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ') // a command's name may hold spaces
  return (Number(fields[11]) + Number(fields[12])) * 10e6
}

export const rssMb = (pid) =>
  Number(/^VmRSS:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) / 1024
