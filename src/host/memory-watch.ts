/** How much memory an engine and all that it has started use. */
import type { Timer } from '../ports/clock.js'
import type { HostPorts } from './host-ports.js'

export interface MemoryLimits {
  /** Above it, the process is replaced when its calls are done. */
  readonly softBytes?: number | undefined
  /** Above it, the process is killed. */
  readonly hardBytes?: number | undefined
}

interface Listener {
  /** It takes calls: before, there is nothing to replace. */
  readonly isUsable: () => boolean
  /** Above the soft limit; told once. */
  readonly onHeavy: (used: string) => void
  /** Above the hard limit. */
  readonly onTooHeavy: (used: string) => void
}

/** How often it is looked, in milliseconds. */
const everyMs = 2000

export class MemoryWatch {
  /** As it was seen last. */
  rssBytes: number | undefined
  private readonly pid: number
  private readonly limits: MemoryLimits
  private readonly ports: Pick<HostPorts, 'clock' | 'usageOf'>
  private readonly listener: Listener
  private timer: Timer
  private isHeavy = false
  private isOver = false

  constructor(
    pid: number,
    limits: MemoryLimits,
    ports: Pick<HostPorts, 'clock' | 'usageOf'>,
    listener: Listener,
  ) {
    this.pid = pid
    this.limits = limits
    this.ports = ports
    this.listener = listener
    this.arm()
  }

  stop(): void {
    this.isOver = true
    this.ports.clock.clearTimer(this.timer)
  }

  private arm(): void {
    this.timer = this.ports.clock.setTimer(() => void this.look(), everyMs)
  }

  private async look(): Promise<void> {
    const usage = await this.ports.usageOf(this.pid)
    if (this.isOver) return
    this.arm()
    if (usage !== undefined) this.judge(usage.rssBytes)
  }

  private judge(rssBytes: number): void {
    this.rssBytes = rssBytes
    const { softBytes = Infinity, hardBytes = Infinity } = this.limits
    const used = `${Math.round(rssBytes / 2 ** 20)} MiB`
    if (rssBytes > hardBytes) this.listener.onTooHeavy(used)
    else if (rssBytes > softBytes && !this.isHeavy && this.listener.isUsable()) {
      this.isHeavy = true
      this.listener.onHeavy(used)
    }
  }
}
